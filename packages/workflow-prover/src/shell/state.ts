import type { ShellOptions } from "@release-actions/workflow";
import type { CommandNode, CompoundList } from "unbash";
import type { ScriptSettings } from "./control.ts";
import { Variables } from "./variables.ts";

/** What a script changes while it runs: its variables, functions, options and streams. */
export class ShellState implements ShellOptions {
  readonly variables: Variables;
  readonly functions = new Map<string, CommandNode | CompoundList>();
  /** The outputs written to `$GITHUB_OUTPUT`, by name in lower case. */
  readonly outputs = new Map<string, string>();
  stops: boolean;
  pipefail: boolean;
  /** The output of the commands so far. */
  stdout = "";
  /** What is left of the input. */
  stdin = "";

  constructor({ env, stops, pipefail }: ScriptSettings) {
    this.variables = new Variables(env);
    this.stops = stops;
    this.pipefail = pipefail;
  }

  /** Runs a subshell, and then restores the variables, functions and options that it changed. */
  inSubshell<T>(work: () => T, stops = this.stops): T {
    const before = { stops: this.stops, pipefail: this.pipefail, functions: new Map(this.functions) };
    this.stops = stops;
    try {
      return this.variables.isolated(work);
    } finally {
      this.stops = before.stops;
      this.pipefail = before.pipefail;
      this.functions.clear();
      for (const [name, body] of before.functions) this.functions.set(name, body);
    }
  }
}
