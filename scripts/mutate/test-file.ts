// Runs the tests of one file in this process, with jest's own test runner (jest-circus).
import { pathToFileURL } from "node:url";
import { addEventHandler, type Event, getState, resetState, run } from "jest-circus";

type DescribeBlock = ReturnType<typeof getState>["rootDescribeBlock"];
type TestEntry = DescribeBlock["tests"][number];

export interface TestFileOptions {
  /** The names of the tests to run, which end at the first failure; by default all tests run. */
  readonly only?: readonly string[];
  readonly timeoutMs: number;
  readonly onLoaded?: () => Promise<void>;
  readonly onTest?: (name: string, milliseconds: number, failure: unknown) => Promise<void>;
  readonly onSharedHook?: () => Promise<void>;
}

let current: TestFileOptions | undefined;

addEventHandler(async (event: Event) => {
  if (event.name === "hook_success" && event.hook.type === "beforeAll") await current?.onSharedHook?.();
  if (event.name !== "test_done") return;
  await current?.onTest?.(nameOf(event.test), event.test.duration ?? 0, event.test.errors[0]);
  if (current?.only !== undefined && event.test.errors.length > 0) for (const test of all()) test.mode = "skip";
});

/** Runs the tests of a file. @returns whether a test failed. @throws when the file cannot be loaded */
export async function runTestFile(file: string, options: TestFileOptions): Promise<boolean> {
  current = options;
  resetState();
  getState().testTimeout = options.timeoutMs;
  await import(pathToFileURL(file).href);
  await options.onLoaded?.();
  select(options.only);
  const { testResults, unhandledErrors } = await run();
  await options.onSharedHook?.();
  return unhandledErrors.length > 0 || testResults.some(({ errors }) => errors.length > 0);
}

/** Selects the tests to run. If a mutant changed the title of one, all tests run. */
function select(only: readonly string[] | undefined): void {
  if (only === undefined) return;
  const tests = all();
  const names = new Set(tests.map(nameOf));
  if (!only.every((name) => names.has(name))) return;
  const chosen = new Set(only);
  for (const test of tests) if (!chosen.has(nameOf(test))) test.mode = "skip";
}

const all = (block: DescribeBlock = getState().rootDescribeBlock): TestEntry[] =>
  block.children.flatMap((child) => (child.type === "test" ? [child] : all(child)));

function nameOf(test: TestEntry): string {
  const names: string[] = [test.name];
  for (let block: DescribeBlock | undefined = test.parent; block !== undefined; block = block.parent) {
    names.unshift(block.name);
  }
  return names.join(" ");
}
