/** Leaves the script, as `exit` and a failure under `set -e` do. */
export class Exit extends Error {
  override readonly name = "Exit";
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Leaves a function, or goes on with a loop or behind it. */
export class Jump extends Error {
  override readonly name = "Jump";
  readonly kind: "return" | "break" | "continue";
  readonly code: number;

  constructor(kind: Jump["kind"], code: number) {
    super(kind);
    this.kind = kind;
    this.code = code;
  }
}

/** What a program that is not followed prints. Whatever depends on it cannot be told. */
export const UNKNOWN = "\u0000unknown\u0000";

/** A loop that goes on for longer is not followed. */
export const MAX_STEPS = 10_000;

export interface ScriptSettings {
  readonly env: ReadonlyMap<string, string>;
  /** `set -e`: a command that fails ends the script. */
  readonly stops: boolean;
  readonly pipefail: boolean;
  /** Whether a program that is not known here may decide about the outcome. */
  readonly followsUnknown: boolean;
}

export interface ScriptOutcome {
  readonly code: number;
  /** What was written to `$GITHUB_OUTPUT`. */
  readonly outputs: ReadonlyMap<string, string>;
}
