// Plants each fault in a copy of the prover, and prints the faults that the comparison with GitHub's documentation does not detect.
// With a number n as its argument, plants only every n-th fault.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { disagreementOf } from "./agreement.ts";
import { FAULTS, type Fault } from "./faults.ts";

const SOURCE = path.dirname(import.meta.dirname);
/** The folder of the copies. It is beside the original, so that imports of packages work, and belongs to this process alone. */
const COPIES = path.join(path.dirname(SOURCE), `.work/faults-${process.pid}`);
/** The number of random workflows in which to look for a disagreement, and the number of random events for each. */
const [WORKFLOWS, TRIES] = [400, 60];

const unnoticed: string[] = [];
const step = Number(process.argv[2] ?? "1");
const faults = FAULTS.filter((_fault, index) => index % step === 0);
for (const [index, fault] of faults.entries())
  if (!(await isNoticed(fault, path.join(COPIES, String(index))))) unnoticed.push(fault.what);
rmSync(COPIES, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ tried: faults.length, unnoticed })}\n`);

async function isNoticed({ what, file, from, to }: Fault, copy: string): Promise<boolean> {
  cpSync(SOURCE, copy, { recursive: true, filter: (name) => !/(\.test\.ts|[/\\]testing)$/.test(name) });
  const target = path.join(copy, file);
  const text = readFileSync(target, "utf8");
  if (text.split(from).length !== 2) throw new Error(`${file} has not exactly one place for: ${what}`);
  writeFileSync(
    target,
    text.replace(from, () => to),
  );
  // The cast is safe: the copy has the same exports as the original.
  const prover = (await import(path.join(copy, "index.ts"))) as typeof import("../index.ts");
  for (let seed = 1; seed <= WORKFLOWS; seed += 1) if (disagreementOf(prover, seed, TRIES) !== undefined) return true;
  return false;
}
