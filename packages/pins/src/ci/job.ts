import type { Scalar } from "yaml";
import type { Script } from "../locate/script.ts";
import type { YamlFile } from "../locate/yaml-file.ts";

/** What a job's outcome is for. */
export type Purpose = "ships" | "checks";

/** A job of a workflow, a composite action or a list of steps, with what decides which Rust it uses. */
export interface CiJob {
  readonly file: string;
  readonly yaml: YamlFile;
  /** The job's key, or the file's own name where it is not a workflow. */
  readonly id: string;
  /** The id, the name and the workflow's name, for telling what the job is for. */
  readonly label: string;
  readonly purpose: Purpose;
  /** `env` of the workflow, then of the job: the inner one wins. */
  readonly env: ReadonlyMap<string, Scalar>;
  /** Values by axis; those of `include` count under their key. */
  readonly matrix: ReadonlyMap<string, readonly Scalar[]>;
  /** Defaults of `inputs`. */
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
  /** Relative to the repository, where it is written out. */
  readonly workingDirectory: string;
}

/** What a value stands for: itself, or the values of an axis of the matrix. */
export type Resolved =
  | { readonly kind: "values"; readonly scalars: readonly Scalar[]; readonly isAxis: boolean }
  | { readonly kind: "unknown" };

/** Follows `${{ env.X }}`, `${{ matrix.x }}` and `${{ inputs.x }}` to where the value is written. */
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
