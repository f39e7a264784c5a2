import type { Scalar } from "yaml";
import type { Script } from "../locate/script.ts";
import type { YamlFile } from "../locate/yaml-file.ts";

/** Whether the output of a job is shipped to users, or the job only checks something. */
export type Purpose = "ships" | "checks";

/** A job of a workflow, a composite action or a list of steps, with everything that determines which Rust it uses. */
export interface CiJob {
  readonly file: string;
  readonly yaml: YamlFile;
  /** The job's key; for a file that is not a workflow, the name of the file. */
  readonly id: string;
  /** The id, the name and the workflow's name, which show the purpose of the job. */
  readonly label: string;
  readonly purpose: Purpose;
  /** `env` of the workflow and of the job. The job's value overrides the workflow's. */
  readonly env: ReadonlyMap<string, Scalar>;
  /** The values of each matrix axis. Values from `include` are added under their key. */
  readonly matrix: ReadonlyMap<string, readonly Scalar[]>;
  /** The default values of `inputs`. */
  readonly inputs: ReadonlyMap<string, Scalar>;
  readonly runsOn: string | undefined;
  readonly steps: readonly CiStep[];
}

export interface CiStep {
  readonly uses: Scalar | undefined;
  readonly with: ReadonlyMap<string, Scalar>;
  readonly env: ReadonlyMap<string, Scalar>;
  readonly run: Script | undefined;
  readonly name: string;
  /** The text of `if`; empty without one. */
  readonly condition: string;
  /** Relative to the repository; empty (its root) when an expression names the folder. */
  readonly workingDirectory: string;
}

/** The scalars that a value may resolve to: one, or all values of a matrix axis; none if they are unknown. */
export interface Resolved {
  readonly scalars: readonly Scalar[];
  readonly isAxis: boolean;
}

/** Resolves `${{ env.X }}`, `${{ matrix.x }}` and `${{ inputs.x }}` to the scalars that hold the value. */
export function resolveValue(scalar: Scalar, job: CiJob, step?: CiStep, depth = 0): Resolved {
  const text = String(scalar.value);
  if (!text.includes("${{")) return { scalars: [scalar], isAxis: false };
  const match = /^\s*\$\{\{\s*(env|matrix|inputs)\.([\w-]+(?:\.[\w-]+)*)(?:\s*\|\|\s*'[^']*')?\s*\}\}\s*$/.exec(text);
  const [, context, name = ""] = match ?? [];
  const scalars = valuesOf(context, name, job, step);
  if (context === "matrix") return { scalars, isAxis: true };
  const [found] = scalars;
  return found === undefined || depth > 4 ? { scalars: [], isAxis: false } : resolveValue(found, job, step, depth + 1);
}

/** The scalars behind a name in one of the contexts `env`, `inputs` and `matrix`. */
export function valuesOf(context: string | undefined, name: string, job: CiJob, step?: CiStep): readonly Scalar[] {
  const oneOrNone = (scalar: Scalar | undefined): Scalar[] => (scalar === undefined ? [] : [scalar]);
  switch (context) {
    case "env":
      return oneOrNone(step?.env.get(name) ?? job.env.get(name));
    case "inputs":
      return oneOrNone(job.inputs.get(name));
    case "matrix":
      return job.matrix.get(name) ?? [];
    default:
      return [];
  }
}
