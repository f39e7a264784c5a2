// Answers the questions of its parent (run.ts), one after the other: which mutants do the tests reach, do they notice this mutant?
import { globSync } from "node:fs";
import path from "node:path";
import { Coverage } from "./coverage.ts";
import { hookModules, importersOf, loadAnew } from "./module-hooks.ts";
import type { Mutant } from "./mutants.ts";
import { runTestFile } from "./test-file.ts";

const [folder = "."] = process.argv.slice(2);

/** A test that takes longer than this with a mutant counts as having noticed it. */
const TEST_TIMEOUT_MS = 4_000;
const SURVEY_TIMEOUT_MS = 120_000;

/** The mutants that the tests of a file reach, by their index in the list. */
export interface SurveyedFile {
  readonly file: string;
  /** Mutants that are reached by loading the file, or in a hook that all its tests share. */
  readonly shared: readonly number[];
  readonly tests: readonly {
    readonly name: string;
    readonly milliseconds: number;
    readonly reached: readonly number[];
  }[];
}

export interface Survey {
  readonly kind: "survey";
  readonly files: readonly SurveyedFile[];
  /** The modules to reload for each mutant. */
  readonly reload: readonly (readonly string[])[];
  /** Tests that fail without a mutant, with their errors. */
  readonly failures: readonly string[];
}

export interface MutantRun {
  readonly kind: "mutant-run";
  readonly mutant: Mutant;
  readonly reload: readonly string[];
  readonly files: readonly { readonly file: string; readonly tests: readonly string[] }[];
}

export type Question = { readonly kind: "survey"; readonly mutants: readonly Mutant[] } | MutantRun;
export type Answer = Survey | { readonly kind: "ready" } | { readonly kind: "mutant-run"; readonly isKilled: boolean };
/** Sent after each test, so that a mutant that never ends can be distinguished from one with many tests. */
export interface Progress {
  readonly kind: "progress";
}

hookModules();
process.send?.({ kind: "ready" } satisfies Answer);
process.on("message", async (question: Question) => {
  process.send?.(question.kind === "survey" ? await survey(question.mutants) : await judge(question));
});

const onTest = async (): Promise<void> => {
  process.send?.({ kind: "progress" } satisfies Progress);
};

async function survey(mutants: readonly Mutant[]): Promise<Survey> {
  const coverage = new Coverage(mutants);
  await coverage.start();
  const files: SurveyedFile[] = [];
  const failures: string[] = [];
  for (const file of globSync("src/**/*.test.ts", { cwd: folder }).sort()) {
    const shared = new Set<number>();
    const tests: SurveyedFile["tests"][number][] = [];
    const share = async (): Promise<void> => {
      for (const index of await coverage.take()) shared.add(index);
    };
    const record = async (name: string, milliseconds: number, error: unknown): Promise<void> => {
      tests.push({ name, milliseconds, reached: await coverage.take() });
      if (error !== undefined) failures.push(`${file}: ${name}: ${String(Array.isArray(error) ? error[0] : error)}`);
    };
    // The modules are reloaded for each test file, as in jest.
    loadAnew({ mutant: undefined, reload: modulesOf() });
    const options = { timeoutMs: SURVEY_TIMEOUT_MS, onLoaded: share, onSharedHook: share, onTest: record };
    const known = failures.length;
    const hasFailed = await runTestFile(path.join(folder, file), options).catch((error: unknown) => String(error));
    if (hasFailed !== false && failures.length === known) failures.push(`${file}: ${hasFailed}`);
    files.push({ file: path.join(folder, file), shared: [...shared], tests });
  }
  coverage.stop();
  return { kind: "survey", files, reload: mutants.map(({ file }) => importersOfAll(file)), failures };
}

const modulesOf = (): ReadonlySet<string> =>
  new Set(globSync("src/**/*.ts", { cwd: folder }).map((file) => path.join(folder, file)));

function importersOfAll(file: string): readonly string[] {
  const found = new Set([file]);
  for (const module of found) for (const importer of importersOf(module)) found.add(importer);
  return [...found];
}

async function judge({ mutant, reload, files }: MutantRun): Promise<Answer> {
  for (const { file, tests } of files) {
    loadAnew({ mutant, reload: new Set([...reload, file]) });
    const isKilled = await runTestFile(file, { only: tests, timeoutMs: TEST_TIMEOUT_MS, onTest }).catch(() => true);
    if (isKilled) return { kind: "mutant-run", isKilled };
  }
  return { kind: "mutant-run", isKilled: false };
}
