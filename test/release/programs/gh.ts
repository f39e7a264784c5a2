// A stand-in for GitHub's command line with what cargo-dist's workflow uses (cli.github.com/manual/gh_release_create):
// `gh release create <tag> [--prerelease] --target <commit> --title <title> --notes-file <file> <files>...`
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const { GITHUB_API_URL = "", GITHUB_REPOSITORY = "", GH_TOKEN = "" } = process.env;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string" },
    title: { type: "string" },
    "notes-file": { type: "string" },
    prerelease: { type: "boolean", default: false },
  },
});
const [command, verb, tag = "", ...files] = positionals;
if (command !== "release" || verb !== "create") fail(`unknown command ${command} ${verb}`);
const releases = `repos/${GITHUB_REPOSITORY}/releases`;
const existing = await send("GET", `${releases}/tags/${tag}`);
if (existing.status === 200) fail(`a release with the same tag name already exists: ${tag}`);
const created = await send("POST", releases, {
  tag_name: tag,
  target_commitish: values.target,
  name: values.title,
  prerelease: values.prerelease,
  body: readFileSync(values["notes-file"] ?? "", "utf8"),
  draft: true,
});
if (created.status !== 201) fail(`HTTP ${created.status}: ${await created.text()}`);
const { id }: { id: number } = JSON.parse(await created.text());
for (const file of files) {
  const name = encodeURIComponent(path.basename(file));
  const uploaded = await send("POST", `uploads/${releases}/${id}/assets?name=${name}`, readFileSync(file));
  if (uploaded.status !== 201) fail(`HTTP ${uploaded.status}: ${await uploaded.text()}`);
}
const published = await send("PATCH", `${releases}/${id}`, { draft: false });
if (!published.ok) fail(`HTTP ${published.status}: ${await published.text()}`);
console.log(`https://github.com/${GITHUB_REPOSITORY}/releases/tag/${tag}`);

function send(method: string, place: string, content?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${GH_TOKEN}` };
  if (content === undefined) return fetch(`${GITHUB_API_URL}/${place}`, { method, headers });
  const isFile = Buffer.isBuffer(content);
  return fetch(`${GITHUB_API_URL}/${place}`, {
    method,
    headers: { ...headers, "content-type": isFile ? "application/octet-stream" : "application/json" },
    body: isFile ? new Uint8Array(content) : JSON.stringify(content),
  });
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
