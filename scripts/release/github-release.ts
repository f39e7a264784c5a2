// Creates the GitHub Release of a version: node scripts/release/github-release.ts <folder>, with GITHUB_API_URL,
// GITHUB_REPOSITORY and RELEASE_TOKEN in the environment. The folder has release.json, notes.md and checksums.txt.
// It creates a draft, uploads the asset and then publishes, so that it also works with immutable releases
// (docs.github.com, "Immutable releases"). Running it again completes an interrupted run. It imports only modules of Node.
import { readFileSync } from "node:fs";
import path from "node:path";

/** The most characters that GitHub accepts for the body of a release. */
const BODY_LIMIT = 125_000;
const ASSET = "checksums.txt";

interface Release {
  readonly id: number;
  readonly tag_name: string;
  readonly draft: boolean;
  readonly upload_url: string;
  readonly html_url: string;
  readonly assets: readonly { readonly id: number; readonly name: string; readonly state: string }[];
}

const [folder] = process.argv.slice(2);
if (folder === undefined) fail("usage: github-release.ts <folder>");
const api = setting("GITHUB_API_URL");
const repository = setting("GITHUB_REPOSITORY");
const token = setting("RELEASE_TOKEN");
const { version }: { version: string } = JSON.parse(readFileSync(path.join(folder, "release.json"), "utf8"));
const tag = `v${version}`;

const release = (await findRelease()) ?? (await createDraft());
if (!release.draft) {
  console.log(`release: ${release.html_url} is published`);
  process.exit(0);
}
await uploadAsset(release);
const published = await call<Release>("PATCH", `/repos/${repository}/releases/${release.id}`, { draft: false });
console.log(`release: published ${published.html_url}`);

/** The release of the tag, searched in the list of releases, because drafts appear only there. */
async function findRelease(): Promise<Release | undefined> {
  const found: Release[] = [];
  for (let page = 1; ; page += 1) {
    const releases = await call<Release[]>("GET", `/repos/${repository}/releases?per_page=100&page=${page}`);
    found.push(...releases.filter(({ tag_name }) => tag_name === tag));
    if (releases.length < 100) break;
  }
  if (found.length > 1)
    fail(`${repository} has ${found.length} releases for ${tag}: delete the drafts, then run this again`);
  return found[0];
}

function createDraft(): Promise<Release> {
  const notes = readFileSync(path.join(folder ?? "", "notes.md"), "utf8");
  const cut =
    [...notes].length > BODY_LIMIT
      ? `${[...notes].slice(0, BODY_LIMIT - 100).join("")}\n\nSee the changelogs for the rest.\n`
      : notes;
  return call<Release>("POST", `/repos/${repository}/releases`, { tag_name: tag, name: tag, body: cut, draft: true });
}

async function uploadAsset({ assets, upload_url }: Release): Promise<void> {
  for (const { id, name, state } of assets) {
    if (name !== ASSET) continue;
    if (state === "uploaded") return;
    // An interrupted upload left this asset.
    await call("DELETE", `/repos/${repository}/releases/assets/${id}`);
  }
  const url = new URL(upload_url.replace(/\{.*$/, ""));
  url.searchParams.set("name", ASSET);
  const body = Uint8Array.from(readFileSync(path.join(folder ?? "", ASSET)));
  await request("POST", url, { "Content-Type": "text/plain" }, body);
}

async function call<T>(method: string, place: string, body?: Readonly<Record<string, unknown>>): Promise<T> {
  const response = await request(
    method,
    new URL(`${api}${place}`),
    {},
    body === undefined ? undefined : JSON.stringify(body),
  );
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function request(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const own = {
    Accept: "application/vnd.github+json",
    Authorization: `Bearer ${token}`,
    "X-GitHub-Api-Version": "2022-11-28",
  };
  const options = body === undefined ? {} : { body };
  const response = await fetch(url, { method, headers: { ...own, ...headers }, ...options });
  if (response.ok) return response;
  return fail(
    `${method} ${url.pathname}: GitHub answered ${response.status}: ${(await response.text()).slice(0, 500)}`,
  );
}

function setting(name: string): string {
  return process.env[name] || fail(`${name} is not set`);
}

function fail(message: string): never {
  console.error(`release: ${message}`);
  process.exit(1);
}
