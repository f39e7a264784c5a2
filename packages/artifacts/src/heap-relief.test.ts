import { afterEach, expect, jest, test } from "@jest/globals";

afterEach(() => {
  jest.resetModules();
  jest.restoreAllMocks();
});

const MIB = 1024 * 1024;

interface FakeProcess {
  readonly createHeapRelief: () => (bytes: number) => void;
  readonly flags: string[];
  /** The types of the collections so far, as far as V8 offers its collector. */
  readonly collections: string[];
  /** What runs when the process exits. */
  readonly atExit: (() => void)[];
}

/** A process that has so many bytes in buffers. */
async function processWith(buffers: number, hasCollector = true): Promise<FakeProcess> {
  const [flags, collections, atExit]: [string[], string[], (() => void)[]] = [[], [], []];
  jest.spyOn(process, "memoryUsage").mockReturnValue({ ...process.memoryUsage(), arrayBuffers: buffers });
  jest.spyOn(process, "once").mockImplementation((event, listener) => {
    if (event === "exit") atExit.push(listener as () => void);
    return process;
  });
  const collect = ({ type, execution }: { type: string; execution: string }): void =>
    void collections.push(`${type} ${execution}`);
  jest.unstable_mockModule("node:v8", () => ({ setFlagsFromString: (flag: string) => void flags.push(flag) }));
  jest.unstable_mockModule("node:vm", () => ({ runInNewContext: () => (hasCollector ? collect : undefined) }));
  return { ...(await import("./heap-relief.ts")), flags, collections, atExit };
}

test("collects the young generation after every 12 MiB, and does not leave `gc()` exposed", async () => {
  const { createHeapRelief, flags, collections } = await processWith(48 * MIB);
  const relieve = createHeapRelief();
  relieve(11 * MIB);
  expect(collections).toEqual([]);
  relieve(MIB);
  relieve(11 * MIB);
  expect(collections).toEqual(["minor sync"]);
  relieve(MIB);
  expect(collections).toEqual(["minor sync", "minor sync"]);
  expect(flags).toEqual(["--no-incremental-marking", "--expose-gc", "--no-expose-gc"]);
});

test("collects the whole heap when buffers have more than 48 MiB, because minor collections do not free old ones", async () => {
  const { createHeapRelief, collections } = await processWith(48 * MIB + 1);
  createHeapRelief()(12 * MIB);
  expect(collections).toEqual(["major sync"]);
});

test("collects the whole heap once at exit, where a full heap can make Node hang", async () => {
  const { createHeapRelief, collections, atExit } = await processWith(MIB);
  createHeapRelief();
  createHeapRelief();
  expect(atExit).toHaveLength(1);
  atExit[0]?.();
  expect(collections).toEqual(["major sync"]);
});

test("only counts when V8 does not accept flags", async () => {
  const { createHeapRelief, atExit } = await processWith(60 * MIB, false);
  const relieve = createHeapRelief();
  expect(() => {
    for (let piece = 0; piece < 30; piece += 1) relieve(MIB);
    atExit[0]?.();
  }).not.toThrow();
});
