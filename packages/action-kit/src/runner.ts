import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import type { Contract, InputValues, OutputName } from "./contract.ts";
import type { Summary } from "./summary.ts";

/** The interface of an action to the runner; nothing else in an action accesses the runner. */
export interface Runner<C extends Contract = Contract> extends Reporter {
  readonly inputs: InputValues<C>;
  /** The environment the runner gave the step, for reading. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Aborted when the job is cancelled. Code that waits or runs child processes should observe it. */
  readonly signal: AbortSignal;
  /** The job summary. It is written when the action ends, even if it fails. */
  readonly summary: Summary;
  /** Runs a program, and logs its output as it arrives, with workflow commands in it made inert. */
  readonly exec: CommandRunner;
  /** Sets an output. `undefined` and `null` are refused: pass "" for an empty output. */
  setOutput(name: OutputName<C>, value: string | number | boolean | object): void;
  /** Folds what the body logs into a group with this title. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** Masks a value in the log from now on; if it has several lines, masks each of them. */
  mask(secret: string): void;
  /** A fresh folder under the runner's temp, removed when the step ends, however it ends. */
  tempFolder(purpose: string): Promise<string>;
  /** Runs when the step ends: after success, failure and cancellation, last registered first. */
  onExit(cleanup: () => Promise<void> | void): void;
  /** Sets a variable for the steps that follow; only for actions whose purpose that is. */
  exportVariable(name: string, value: string): void;
  /** Puts a folder first on the PATH of the steps that follow. */
  addPath(folder: string): void;
  /** Saves a JSON value for the post step, which reads it with `loadState` and must validate it. */
  saveState(name: string, value: unknown): void;
  /** The value that `saveState` left, or `undefined` when there is none. */
  loadState(name: string): unknown;
  /** Makes the step fail at its end, without stopping the body now, for findings that were already shown. */
  fail(message: string, advice?: string): void;
}
