import { afterEach, expect, jest, test } from "@jest/globals";

afterEach(() => {
  jest.resetModules();
});

const MIB = 1024 * 1024;

async function reliefWith(
  flags: string[],
  collector: ((options: unknown) => void) | undefined,
): Promise<(bytes: number) => void> {
  jest.unstable_mockModule("node:v8", () => ({ setFlagsFromString: (flag: string) => void flags.push(flag) }));
  jest.unstable_mockModule("node:vm", () => ({ runInNewContext: () => collector }));
  return (await import("./heap-relief.ts")).createHeapRelief();
}

test("collects the young generation after every 12 MiB, and does not leave `gc()` exposed", async () => {
  const [flags, collections]: [string[], unknown[]] = [[], []];
  const relieve = await reliefWith(flags, (options) => void collections.push(options));
  relieve(11 * MIB);
  expect([flags, collections]).toEqual([["--no-incremental-marking"], []]);
  relieve(MIB);
  relieve(11 * MIB);
  expect(collections).toEqual([{ type: "minor", execution: "sync" }]);
  relieve(MIB);
  expect(collections).toHaveLength(2);
  expect(flags).toEqual(["--no-incremental-marking", "--expose-gc", "--no-expose-gc"]);
});

test("only counts when V8 does not accept flags", async () => {
  const relieve = await reliefWith([], undefined);
  expect(() => {
    for (let piece = 0; piece < 30; piece += 1) relieve(MIB);
  }).not.toThrow();
});
