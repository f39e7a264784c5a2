// Rebuilds a released version from its sources and compares: `npm run verify -- v1.4.2`, `npm run verify -- load-restate-image/v1.0.3`.
// Exit code 0: the tag contains exactly what its sources build. 1: it does not; the differing files are listed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { countOf, Fault } from "@release-actions/report";
import { verifyTag } from "./release/verify-tag.ts";

const root = path.dirname(import.meta.dirname);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { remote: { type: "string", default: "origin" } },
});
const temp = mkdtempSync(path.join(tmpdir(), "verify-"));
try {
  const [tag] = positionals;
  if (tag === undefined) throw new Fault("which tag? For example: npm run verify -- v1.4.2");
  const { source, differing } = await verifyTag({ root, remote: values.remote, tag, temp });
  for (const file of differing) console.log(`differs: ${file}`);
  console.log(
    differing.length === 0
      ? `${tag} is what ${source} builds, file by file.`
      : `${tag} is not what ${source} builds: ${countOf(differing.length, "file differs", "files differ")}.`,
  );
  process.exitCode = differing.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(`verify: ${error.message}${error.advice === undefined ? "" : `\nNext: ${error.advice}`}`);
  process.exitCode = 1;
} finally {
  rmSync(temp, { recursive: true, force: true });
}
