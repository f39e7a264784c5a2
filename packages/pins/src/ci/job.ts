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

/** The scalars that a value may resolve to: one, or all values of a matrix axis. */
export type Resolved =
  | { readonly kind: "values"; readonly scalars: readonly Scalar[]; readonly isAxis: boolean }
  | { readonly kind: "unknown" };

/** Resolves `${{ env.X }}`, `${{ matrix.x }}` and `${{ inputs.x }}` to the scalars that hold the value. */
export function resolveValue(scalar: Scalar, job: CiJob, step?: CiStep, depth = 0): Resolved {
  const text = String(scalar.value);
  if (!text.includes("${{")) return { kind: "values", scalars: [scalar], isAxis: false };
  const match = /^\s*\$\{\{\s*(env|matrix|inputs)\.([\w-]+(?:\.[\w-]+)*)(?:\s*\|\|\s*'[^']*')?\s*\}\}\s*$/.exec(text);
  const [, context, name = ""] = match ?? [];
  if (context === "matrix") {
    const values = job.matrix.get(name) ?? [];
    return values.length === 0 ? { kind: "unknown" } : { kind: "values", scalars: values, isAxis: true };
  }
  const found =
    context === "env"
      ? (step?.env.get(name) ?? job.env.get(name))
      : context === "inputs"
        ? job.inputs.get(name)
        : undefined;
  if (found === undefined || depth > 4) return { kind: "unknown" };
  return resolveValue(found, job, step, depth + 1);
}

/** The value of a variable that a script of the step sees. */
export function variableOf(name: string, job: CiJob, step: CiStep): Scalar | undefined {
  return step.env.get(name) ?? job.env.get(name);
}
