import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findProgram } from "@release-actions/command";
import { makeLauncher, type Product, parseWantedPlatform, platformPackageName } from "@release-actions/npm";
import { measureNode } from "./process.ts";
import { type Bench, median } from "./row.ts";

const ROUNDS = 25;
const BUDGET = 1.3;

/** The time that the launcher of an npm package adds to the start of Node, including the start of the program. */
export const launcher: Bench = {
  name: "launcher",
  async run() {
    const program = findProgram("true", process.env["PATH"]);
    if (program === undefined) return "there is no `true` to start";
    const folder = mkdtempSync(path.join(tmpdir(), "launcher-"));
    try {
      const [empty, started] = install(folder, program);
      const times = { empty: [] as number[], started: [] as number[] };
      // Both run in turns, so that a busy moment of the machine affects both alike.
      for (let round = 0; round < ROUNDS; round += 1) {
        times.empty.push((await measureNode(empty, process.env)).ms);
        times.started.push((await measureNode(started, process.env)).ms);
      }
      const [base, ours] = [median(times.empty), median(times.started)];
      return [
        {
          what: "launcher of an npm package",
          peer: `${base.toFixed(0)} ms (Node)`,
          ours: `${ours.toFixed(0)} ms`,
          ratio: ours / base,
          budget: `${BUDGET} x`,
          held: ours / base <= BUDGET,
        },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

/** Creates an empty script, and a launcher beside this machine's platform package, in the layout of npm. */
function install(folder: string, program: string): [empty: string, launcher: string] {
  const wanted = parseWantedPlatform(`${process.platform}-${process.arch}`);
  const about = { repository: "https://github.com/acme/widget" };
  const product: Product = { name: "widget", version: "1.0.0", binary: "widget", about, fields: {} };
  const platform = path.join(folder, "node_modules", platformPackageName(product, wanted));
  mkdirSync(path.join(platform, "bin"), { recursive: true });
  writeFileSync(path.join(platform, "package.json"), "{}");
  copyFileSync(program, path.join(platform, "bin/widget"));
  chmodSync(path.join(platform, "bin/widget"), 0o755);
  const files: [string, string] = [path.join(folder, "empty.js"), path.join(folder, "launcher.js")];
  writeFileSync(files[0], "");
  writeFileSync(
    files[1],
    makeLauncher(product, [{ wanted, needs: { libc: "glibc", glibc: undefined, isStatic: false } }]),
  );
  return files;
}
