// Makes small changes (mutants) to a package, and shows which of them its own unit tests do not notice.
// npm run mutate -- packages/channel [--sample 150] [--seed 1] [--workers 2] [--file decide.ts]
import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { matchEquivalents, readEquivalents } from "./mutate/equivalence.ts";
import { findMutants, isProgram, type Mutant, sampleMutants } from "./mutate/mutants.ts";
import { runMutants } from "./mutate/run.ts";
import { lineAt } from "./words/prose.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "150" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: String(Math.min(2, availableParallelism())) },
    file: { type: "string", default: "" },
  },
});
const folder = path.resolve(positionals[0] ?? ".");
const files = globSync("src/**/*.ts", { cwd: folder, exclude: ["**/*.{test,gen,probe}.ts", "**/testing/**"] });
const sources = new Map(
  files
    .filter((file) => file.endsWith(values.file))
    .sort()
    .map((file) => [path.join(folder, file), readFileSync(path.join(folder, file), "utf8")]),
);
const started = performance.now();
const all = [...sources].flatMap(([file, source]) => findMutants(file, source));
const sample = sampleMutants(all, Number(values.sample), Number(values.seed), (mutant) =>
  isProgram(sources.get(mutant.file) ?? "", mutant),
);
const project = path.resolve(import.meta.dirname, "..");
const equivalents = readEquivalents(readFileSync(path.join(import.meta.dirname, "mutate/equivalents.diff"), "utf8"));
const { equivalent, stale } = matchEquivalents(
  project,
  new Map([...sources].map(([file, source]) => [path.relative(project, file), source])),
  all,
  equivalents.filter(({ file }) => sources.has(path.join(project, file))),
);
if (stale.length > 0) {
  console.error(stale.join("\n"));
  process.exit(1);
}
const mutants = sample.filter((mutant) => !equivalent.has(mutant));
console.log(
  `${path.basename(folder)}: ${sample.length} of ${all.length} mutants, seed ${values.seed}, without ${sample.length - mutants.length} that are equivalent`,
);

const judged = await runMutants(folder, mutants, Number(values.workers), ({ mutant, verdict }) => {
  if (verdict !== "killed") console.log(`${verdict}: ${describe(mutant)}`);
});
const noticed = judged.filter(({ verdict }) => verdict === "killed" || verdict === "no answer").length;
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
const share = mutants.length === 0 ? 100 : (100 * noticed) / mutants.length;
console.log(
  `${path.basename(folder)}: ${noticed} of ${mutants.length} noticed (${share.toFixed(1)} %), ${minutes} minutes`,
);

function describe({ file, start, end, replacement }: Mutant): string {
  const source = sources.get(file) ?? "";
  const line = lineAt(source, start);
  const was = source.slice(start, end).replaceAll(/\s+/g, " ").slice(0, 80);
  const context = (source.split("\n")[line - 1] ?? "").trim().slice(0, 110);
  return `${path.relative(folder, file)}:${line}: ${was} -> ${replacement.replaceAll(/\s+/g, " ").slice(0, 60)}   | ${context}`;
}
