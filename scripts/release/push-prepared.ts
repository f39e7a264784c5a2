// Pushes a release that other jobs have prepared: node scripts/release/push-prepared.ts <folder> <second folder> --remote <URL>
// The folders come from builds on two machines and must name the same commits. It imports only modules of Node.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { pushUpdates, tokenEnv, type Update } from "./push-updates.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { remote: { type: "string" } } });
const [folder, second] = positionals;
const { remote } = values;
if (folder === undefined || second === undefined || remote === undefined) {
  fail("usage: push-prepared.ts <folder> <folder of the second build> --remote <URL>");
}
const [first, other] = [readUpdates(folder), readUpdates(second)];
const differing = [...new Set([...first, ...other].map(({ ref }) => ref))].filter((ref) => {
  return commitOf(first, ref) !== commitOf(other, ref);
});
if (differing.length > 0) {
  fail(
    `two builds of the same sources differ in ${differing.join(", ")}. Nothing was pushed. ` +
      "Compare the checksums.txt of both builds to see which files differ.",
  );
}
if (first.length === 0) {
  console.log("release: everything is published. Nothing to do.");
  process.exit(0);
}
git("bundle", "verify", "--quiet", path.resolve(folder, "release.bundle"));
git("fetch", "--quiet", path.resolve(folder, "release.bundle"), "refs/handed-over/*:refs/handed-over/*");
try {
  await pushUpdates(process.cwd(), { url: remote, env: tokenEnv(process.env["RELEASE_TOKEN"], remote) }, first);
} catch (error) {
  fail(`the remote refused the release, and nothing of it was published: ${(error as Error).message}`);
}
for (const { ref, commit } of first) console.log(`release: pushed ${ref} ${commit}`);

function readUpdates(from: string): readonly Update[] {
  const { updates }: { updates: readonly Update[] } = JSON.parse(readFileSync(path.join(from, "release.json"), "utf8"));
  return updates;
}

function commitOf(updates: readonly Update[], wanted: string): string | undefined {
  return updates.find(({ ref }) => ref === wanted)?.commit;
}

function git(...args: readonly string[]): void {
  execFileSync("git", args, { stdio: ["ignore", "inherit", "inherit"] });
}

function fail(message: string): never {
  console.error(`release: ${message}`);
  process.exit(1);
}
