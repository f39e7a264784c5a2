// Checks the budgets for speed, as ratios to the usual tools measured in the same run: `npm run bench`, `npm run bench -- startup`.
import path from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "@release-actions/command";
import { download } from "./bench/download.ts";
import { hashing } from "./bench/hashing.ts";
import { heapRelief } from "./bench/heap-relief.ts";
import { imageFlow } from "./bench/image-flow.ts";
import { launcher } from "./bench/launcher.ts";
import { machoCheck } from "./bench/macho-check.ts";
import { reproCompare } from "./bench/repro-compare.ts";
import type { Bench, Row } from "./bench/row.ts";
import { startup } from "./bench/startup.ts";
import { workflows } from "./bench/workflows.ts";

const BENCHES: readonly Bench[] = [
  download,
  startup,
  launcher,
  imageFlow,
  heapRelief,
  hashing,
  machoCheck,
  reproCompare,
  workflows,
];

// `--peer <folder>` is for the benchmark `download`, which reads it itself.
const { positionals: names } = parseArgs({
  allowPositionals: true,
  options: { peer: { type: "string", multiple: true } },
});
const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; there are: ${BENCHES.map((bench) => bench.name).join(", ")}`);
  process.exit(1);
}

const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
await runCommand(process.execPath, [path.join(import.meta.dirname, "build.ts")]);
const rows: Row[] = [];
for (const bench of BENCHES.filter(({ name }) => names.length === 0 || names.includes(name))) {
  say(`measuring ${bench.name}`);
  const result = await bench.run(say);
  if (typeof result === "string") say(`${bench.name} was not measured: ${result}`);
  else rows.push(...result);
}
printTable([
  ["what", "peer", "ours", "ratio", "budget", ""],
  ...rows.map(({ what, peer, ours, ratio, budget, held }) => [
    what,
    peer,
    ours,
    ratio === undefined ? "" : ratio.toFixed(2),
    budget,
    held ? "held" : "OVER",
  ]),
]);

function printTable(lines: readonly (readonly string[])[]): void {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}
