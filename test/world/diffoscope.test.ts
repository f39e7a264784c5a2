import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openFileSource } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { explainDifference } from "@release-actions/difference";
import { FileTree } from "@release-actions/example-product";
import { bringPyPI } from "./bring.ts";
import { readRows } from "./rows.ts";

/** A cause that a person found in a pair: its kind, a part of its place, and a part of what each side has there. */
interface Expected {
  readonly kind: string;
  readonly place: string;
  readonly left?: string;
  readonly right?: string;
}

/** Two files of diffoscope's own tests. Unlisted causes are allowed if their kind is in `others`. */
interface Pair {
  readonly files: readonly [string, string];
  readonly format: string;
  readonly causes: readonly Expected[];
  readonly others?: readonly string[];
}

const PAIRS = readRows<Pair>("diffoscope-pairs.yml", ["files", "format", "causes", "others"]);

/** The source archive with the test data. It is under the GPL, so it stays in the cache and out of this repository. */
const ARCHIVE = {
  ...{ project: "diffoscope", version: "332", file: "diffoscope-332.tar.gz" },
  sha256: "da858807ce2535f1bb5c3942020b01c7aef14f870257c964b70cd4e1f2333206",
};

describe("the cause in the pairs of diffoscope's own tests", () => {
  const tree = new FileTree();
  beforeAll(async () => {
    const options = ["--strip-components=3", "-C", tree.root];
    await runCommand("tar", ["-xzf", await bringPyPI(ARCHIVE), ...options, "diffoscope-332/tests/data"]);
    mkdirSync(tree.path("scratch"));
  }, 120_000);
  afterAll(() => tree[Symbol.dispose]());

  test.each(PAIRS.map((pair) => [pair.files.join(" and "), pair] as const))("%s", async (_name, pair) => {
    const [left, right] = await Promise.all(pair.files.map((file) => openFileSource(tree.path(file))));
    if (left === undefined || right === undefined) throw new Error("a pair has two files");
    try {
      const { format, causes } = await explainDifference([left, right], { scratch: tree.path("scratch") });
      expect(format).toBe(pair.format);
      for (const expected of pair.causes) expect(causes).toContainEqual(expect.objectContaining(matching(expected)));
      // No other kind of cause is reported.
      expect(causes.map(({ kind }) => kind).filter((kind) => !kindsOf(pair).has(kind))).toEqual([]);
    } finally {
      await Promise.all([left.close(), right.close()]);
    }
  });
});

function matching({ kind, place, left = "", right = "" }: Expected): Record<string, unknown> {
  return {
    ...{ kind, place: expect.stringContaining(place) },
    ...{ left: expect.stringContaining(left), right: expect.stringContaining(right) },
  };
}

function kindsOf({ causes, others = [] }: Pair): ReadonlySet<string> {
  return new Set([...causes.map(({ kind }) => kind), ...others]);
}
