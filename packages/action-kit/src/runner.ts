import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import type { Contract, InputValues, OutputName } from "./contract.ts";
import type { Summary } from "./summary.ts";

/** What an action may do to the runner it runs on; nothing else touches the runner. */
export interface Runner<C extends Contract = Contract> extends Reporter {
  readonly inputs: InputValues<C>;
  /** The environment the runner gave the step, for reading. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Fires when the job is cancelled. Whatever waits or runs children should heed it. */
  readonly signal: AbortSignal;
  /** Collected while the action runs, written when it ends, also when it fails. */
  readonly summary: Summary;
  /** Runs a program, its output shown as it comes (as data: workflow commands in it are inert). */
  readonly exec: CommandRunner;
  /** Sets an output. `undefined` and `null` are refused: say "" where that is meant. */
  setOutput(name: OutputName<C>, value: string | number | boolean | object): void;
  /** Folds what the body logs into a group with this title. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** Keeps a value out of the log from here on, line by line where it has several. */
  mask(secret: string): void;
  /** A fresh folder under the runner's temp, removed when the step ends, however it ends. */
  tempFolder(purpose: string): Promise<string>;
  /** Runs when the step ends: after success, failure and cancellation, last registered first. */
  onExit(cleanup: () => Promise<void> | void): void;
  /** Sets a variable for the steps that follow; only for actions whose purpose that is. */
  exportVariable(name: string, value: string): void;
  /** Puts a folder first on the PATH of the steps that follow. */
  addPath(folder: string): void;
  /** Hands a JSON value to the post step; validate it there, with `loadState`. */
  saveState(name: string, value: unknown): void;
  /** The value that `saveState` left, or `undefined` when there is none. */
  loadState(name: string): unknown;
  /** Ends the step as failed without stopping the body, for findings already shown. */
  fail(message: string, advice?: string): void;
}
