// Gives the repository another name, for a fork: `npm run rename -- acme/release-actions`. Sets `repository` in
// package.json and rewrites every place that contains the old name: documentation, examples, tests.
// Use `--from org/actions` if package.json was already changed by hand.

import path from "node:path";
import { parseArgs } from "node:util";
import { countOf } from "@release-actions/report";
import { renameRepository } from "./rename/rename-repository.ts";

const root = path.dirname(import.meta.dirname);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { from: { type: "string" } } });
const [to] = positionals;
if (to === undefined || !/^[\w.-]+\/[\w.-]+$/.test(to)) {
  console.error("rename: expected owner/name, for example: npm run rename -- acme/release-actions");
  process.exit(1);
}
const files = await renameRepository(root, to, values.from);
console.log(
  files.length === 0
    ? `rename: everything names ${to} already`
    : `rename: ${countOf(files.length, "file names", "files name")} ${to} now. Look at \`git diff\`, run \`npm test\`, commit.`,
);
