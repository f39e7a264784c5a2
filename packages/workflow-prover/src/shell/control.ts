import type { ShellOptions } from "@release-actions/workflow";
import { CannotTell } from "../choices.ts";

/** Thrown to end the script, for `exit` and for a failure under `set -e`. */
export class Exit extends Error {
  override readonly name = "Exit";
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Thrown for `return`, `break` and `continue`. */
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

/** The output of a program that cannot be simulated. Results that depend on it are unknown. */
export const UNKNOWN = "\u0000unknown\u0000";

/** The text itself. @throws CannotTell if it depends on the output of a program that cannot be simulated */
export function known(text: string): string {
  if (text.includes(UNKNOWN)) throw new CannotTell("what a program prints");
  return text;
}

/** The most statements to execute; a script with a longer loop is not simulated to its end. */
export const MAX_STEPS = 10_000;

export interface ScriptSettings extends Readonly<ShellOptions> {
  readonly env: ReadonlyMap<string, string>;
  /** Whether an unknown program is assumed to succeed; if false, it makes the outcome unknown. */
  readonly followsUnknown: boolean;
}

export interface ScriptOutcome {
  readonly code: number;
  /** The outputs written to `$GITHUB_OUTPUT`, by name in lower case. */
  readonly outputs: ReadonlyMap<string, string>;
}
