import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as core from "@actions/core";
import { Fault, type Problem } from "@release-actions/report";
import type { Contract } from "./contract.ts";
import { execRunner } from "./exec.ts";
import { inertText, LineWriter } from "./log-text.ts";
import { progressPrinter } from "./progress.ts";
import type { Runner } from "./runner.ts";
import type { Summary } from "./summary.ts";
import { workspacePath } from "./workspace.ts";

/** GitHub limits all outputs of a job together to 1 MiB, and reports no error when they are larger. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

export type Cleanup = () => Promise<void> | void;

interface Parts<C extends Contract> {
  readonly contract: C;
  readonly inputs: Runner<C>["inputs"];
  readonly summary: Summary;
  readonly signal: AbortSignal;
  readonly cleanups: Cleanup[];
  readonly fail: (error: Fault) => void;
}

/** The `Runner` based on GitHub's toolkit. */
export function createRunner<C extends Contract>(parts: Parts<C>): Runner<C> {
  const { contract, inputs, summary, signal, cleanups } = parts;
  const printProgress = progressPrinter({
    isTerminal: process.stdout.isTTY === true,
    now: () => performance.now(),
    write: (text) => process.stdout.write(inertText(text)),
  });
  const echo = new LineWriter((text) => process.stdout.write(text));
  const run = execRunner(signal, (text) => echo.push(text));
  return {
    inputs,
    env: process.env,
    signal,
    summary,
    debug: (message) => core.debug(message),
    info: (message) => core.info(inertText(message)),
    problem: showProblem,
    progress: printProgress,
    exec: (command, args, options) => run(command, args, options).finally(() => echo.flush()),
    setOutput: (name, value) => core.setOutput(name, outputText(contract, name, value)),
    group: (title, content) => core.group(inertText(title), content),
    mask,
    tempFolder: async (purpose) => {
      const folder = await mkdtemp(path.join(process.env["RUNNER_TEMP"] || tmpdir(), `${contract.name}-${purpose}-`));
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
    onExit: (cleanup) => void cleanups.push(cleanup),
    exportVariable: (name, value) => core.exportVariable(singleLine("variable", name), singleLine(name, value)),
    addPath: (folder) => core.addPath(singleLine("PATH", path.resolve(folder))),
    saveState: (name, value) => core.saveState(name, JSON.stringify(value)),
    loadState: (name) => readState(core.getState(name)),
    fail: (message, advice) => parts.fail(new Fault(message, advice === undefined ? {} : { advice })),
  };
}

export function mask(secret: string): void {
  // The runner masks only whole values, but a secret of several lines appears in the log line by line.
  for (const line of new Set([secret, ...secret.split(/\r?\n/)])) {
    if (line.trim() !== "") core.setSecret(line);
  }
}

function outputText(contract: Contract, name: string, value: string | number | boolean | object): string {
  if (!contract.outputs.includes(name))
    throw new Error(`output "${name}" is not in the action.yml of ${contract.name}`);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (Buffer.byteLength(text) > MAX_OUTPUT_BYTES) {
    throw new Fault(
      `output \`${name}\` has ${Buffer.byteLength(text)} bytes; GitHub takes at most ${MAX_OUTPUT_BYTES}`,
    );
  }
  return text;
}

/** Refuses a line break, with which a value in a runner's file could set another variable. */
function singleLine(what: string, value: string): string {
  if (/[\r\n\0]/.test(value)) throw new Fault(`${what}: a value with a line break is not passed on to later steps`);
  return value;
}

/** The value of a state; `undefined` if it is not JSON, since `saveState` did not write it then. Readers validate values anyway. */
function readState(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Shows a finding as an annotation, on its file and line where it has one. */
export function showProblem({ level, message, title, location }: Problem): void {
  const properties: core.AnnotationProperties = {
    ...(title === undefined ? {} : { title }),
    ...(location === undefined ? {} : { file: workspacePath(location.file) }),
    ...(location?.line === undefined ? {} : { startLine: location.line }),
    ...(location?.column === undefined ? {} : { startColumn: location.column }),
  };
  if (level === "error") core.error(message, properties);
  else if (level === "warning") core.warning(message, properties);
  else core.notice(message, properties);
}
