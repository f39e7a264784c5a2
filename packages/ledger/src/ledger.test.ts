import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { isPublished, mergeLedger } from "./merge.ts";
import { type LedgerPage, type LedgerRow, readPage, writePage } from "./page.ts";
import { type Beginning, withLedger } from "./record.ts";
import { type LedgerStore, loadLedger, saveLedger } from "./store.ts";
import { awaitChannels } from "./wait.ts";

const base: LedgerRow = {
  channel: "npm",
  name: "@acme/widget",
  version: "1.2.3",
  state: "published",
  at: "2026-01-02T03:04:05Z",
};
const row = (change: Partial<LedgerRow> = {}): LedgerRow => ({ ...base, ...change });
const page = (attempt: number, ...rows: LedgerRow[]): LedgerPage => ({ ledger: 1, attempt, rows });

const schema: object = JSON.parse(readFileSync(path.join(import.meta.dirname, "..", "ledger.schema.json"), "utf8"));
const accepts = new Ajv2020().compile(schema);

describe("a page", () => {
  const full = row({
    digest: `sha256:${"a".repeat(64)}`,
    url: "https://www.npmjs.com/package/@acme/widget",
    reason: "the registry was slow",
  });

  test("is read back unchanged, and matches the published schema", () => {
    const waiting = row({ name: "b", state: "awaiting-approval", approve: "npm stage approve 1" });
    const written = page(2, full, row({ state: "skipped", reason: "a hotfix is not published to npm" }), waiting);
    expect(readPage(writePage(written))).toEqual(written);
    expect(accepts(written)).toBe(true);
  });

  test.each<[name: string, page: unknown, message: string]>([
    ["a newer format", { ...page(1), ledger: 2 }, "`ledger` is 2, expected 1"],
    ["no rows", { ledger: 1, attempt: 1 }, "`rows` is absent"],
    ["an unknown state", page(1, row({ state: "gone" as "planned" })), '`rows[0].state` is "gone"'],
    ["a skip without its reason", page(1, row({ state: "skipped" })), "`rows[0]` is skipped without a `reason`"],
    ["a failure without its reason", page(1, row({ state: "failed" })), "`rows[0]` is failed without a `reason`"],
    ["a channel with a path in it", page(1, row({ channel: "../npm" })), "expected the name of a channel"],
    ["an empty name", page(1, row({ name: "" })), "`rows[0].name` is"],
    ["a digest without an algorithm", page(1, row({ digest: "a".repeat(64) })), "expected a digest such as"],
    ["a script in place of a URL", page(1, row({ url: "javascript:alert(1)" })), "expected a web address"],
    ["a time without a time zone", page(1, row({ at: "2026-01-02 03:04" })), "expected a time such as"],
  ])("is refused with %s, by the reader and by the schema", (_name, content, message) => {
    expect(() => readPage(JSON.stringify(content))).toThrow(message);
    expect(accepts(content)).toBe(false);
  });

  test("is refused with a line break in a name, which could forge a row or a workflow command", () => {
    expect(() => writePage(page(1, row({ name: "widget\n::error::x" })))).toThrow("expected one line of text");
  });

  test("is refused when it is empty or truncated", () => {
    expect(() => readPage("", "ledger.json of the artifact x")).toThrow("ledger.json of the artifact x is empty");
    expect(() => readPage('{"ledger":1,')).toThrow("is not JSON");
  });
});

describe("mergeLedger", () => {
  test("uses the latest row of each channel and name, for any order of the pages", () => {
    const planned = page(1, row({ state: "planned" }), row({ channel: "homebrew", name: "widget" }));
    const done = page(1, row({ state: "verified", at: "2026-01-02T03:04:06Z" }));
    for (const pages of [
      [planned, done],
      [done, planned],
    ]) {
      expect(mergeLedger(pages).map(({ channel, state }) => [channel, state])).toEqual([
        ["homebrew", "published"],
        ["npm", "verified"],
      ]);
    }
  });

  test("prefers a later attempt to a later time, since a clock may run ahead", () => {
    const first = page(1, row({ state: "planned", at: "2027-01-01T00:00:00Z" }));
    const second = page(2, row({ state: "verified", at: "2026-01-01T00:00:00Z" }));
    expect(mergeLedger([second, first])).toEqual(second.rows);
  });

  test("keeps earlier rows when a later attempt begins, and replaces them when it ends", () => {
    const first = page(1, row({ state: "verified" }));
    for (const pages of [
      [first, page(2, row({ state: "planned" }))],
      [page(2, row({ state: "planned" })), first],
    ]) {
      expect(mergeLedger(pages)).toEqual(first.rows);
    }
    const failed = page(2, row({ state: "failed" }));
    expect(mergeLedger([first, failed])).toEqual(failed.rows);
    expect(mergeLedger([page(1, row({ state: "failed" })), page(2, row({ state: "planned" }))])[0]?.state).toBe(
      "planned",
    );
  });

  test("uses the later of two rows that one publisher wrote within a second", () => {
    expect(mergeLedger([page(1, row({ state: "planned" }), row())])).toEqual([row()]);
  });

  test("keeps pairs of channel and name separate that are equal when joined", () => {
    const rows = [
      row({ channel: "npm", name: "a/b" }),
      row({ channel: "npm", name: "a" }),
      row({ channel: "npm-a", name: "b" }),
    ];
    expect(mergeLedger([page(1, ...rows)])).toHaveLength(3);
  });
});

test("isPublished accepts only states in which the package is available", () => {
  const states = ["planned", "published", "verified", "skipped", "failed"] as const;
  expect(states.filter((state) => isPublished(row({ state })))).toEqual(["published", "verified"]);
});

describe("the ledger of a run", () => {
  function memoryStore(): LedgerStore & { artifacts: Map<string, Uint8Array> } {
    const artifacts = new Map<string, Uint8Array>();
    return {
      artifacts,
      list: async (prefix) => [...artifacts.keys()].filter((name) => name.startsWith(prefix)),
      read: async (artifact) => artifacts.get(artifact),
      upload: async (artifact, _file, content) => void artifacts.set(artifact, content),
    };
  }

  test("is written as one artifact for each publisher, which cargo-dist does not attach to the release", async () => {
    const store = memoryStore();
    store.artifacts.set("artifacts-plan-dist-manifest", new Uint8Array());
    await saveLedger(store, [row({ state: "planned" })], { channel: "npm", attempt: 1, random: "a1" });
    await saveLedger(store, [row()], { channel: "npm", attempt: 2, random: "b2" });
    await saveLedger(store, [row({ channel: "chart", name: "widget" })], {
      channel: "chart",
      attempt: 1,
      random: "c3",
    });
    expect([...store.artifacts.keys()].slice(1)).toEqual(["ledger-npm-1-a1", "ledger-npm-2-b2", "ledger-chart-1-c3"]);
    expect((await loadLedger(store)).map(({ channel, state }) => [channel, state])).toEqual([
      ["chart", "published"],
      ["npm", "published"],
    ]);
  });

  test("is empty at first", async () => {
    expect(await loadLedger(memoryStore())).toEqual([]);
  });

  test("ignores other artifacts with similar names, and reports them", async () => {
    const store = memoryStore();
    store.artifacts.set("ledger-of-accounts", new Uint8Array());
    store.artifacts.set("ledger-npm-1-ab", new TextEncoder().encode("a report of mine"));
    store.artifacts.set("ledger-npm-1-cd", new TextEncoder().encode('{"accounts":[]}'));
    await saveLedger(store, [row()], { channel: "npm", attempt: 1, random: "ef", run: "42" });
    const ignored: string[] = [];
    expect(await loadLedger(store, (artifact) => void ignored.push(artifact))).toEqual([
      { ...row(), attempt: 1, run: "42" },
    ]);
    expect(ignored.sort()).toEqual(["ledger-npm-1-ab", "ledger-npm-1-cd", "ledger-of-accounts"]);
    expect(await loadLedger({ ...store, read: async () => undefined })).toEqual([]);
  });

  const beginning = (attempt: number, random: string): Beginning => ({
    channel: "homebrew",
    name: "acme/tap",
    version: "1.2.3",
    attempt,
    random,
    run: "42",
    now: () => new Date("2026-01-02T03:04:05Z"),
    info: () => undefined,
  });
  const states = async (store: LedgerStore): Promise<string[]> =>
    (await loadLedger(store)).map(({ name, state }) => `${name} ${state}`);

  test("has a first row before anything can fail, which the final rows replace", async () => {
    const store = memoryStore();
    await withLedger(store, beginning(1, "a1"), async ({ set }) => {
      expect(await states(store)).toEqual(["acme/tap planned"]);
      set([row({ channel: "homebrew", name: "acme/tap/widget", state: "verified" })]);
    });
    expect(await states(store)).toEqual(["acme/tap/widget verified"]);
    expect([...store.artifacts.keys()]).toEqual(["ledger-homebrew-1-a1-begun", "ledger-homebrew-1-a1"]);
  });

  test("says that nothing was published when the work fails before it sets rows", async () => {
    const store = memoryStore();
    const failing = withLedger(store, beginning(1, "a1"), async () => Promise.reject(new Error("the plan\nis gone")));
    await expect(failing).rejects.toThrow("the plan");
    expect((await loadLedger(store))[0]).toMatchObject({
      state: "failed",
      reason: "nothing was published: the plan is gone",
      run: "42",
      attempt: 1,
    });
  });

  test("keeps the first row of a killed publisher until it has run again", async () => {
    const store = memoryStore();
    await saveLedger(store, [row({ channel: "homebrew", name: "acme/tap", state: "planned" })], {
      channel: "homebrew",
      attempt: 1,
      random: "a1",
      phase: "begun",
    });
    expect(await states(store)).toEqual(["acme/tap planned"]);
    await withLedger(store, beginning(2, "b2"), async ({ set }) => {
      expect(await states(store)).toEqual(["acme/tap planned"]);
      set([row({ channel: "homebrew", name: "acme/tap/widget", state: "verified" })]);
    });
    expect(await states(store)).toEqual(["acme/tap/widget verified"]);
  });

  test("does not change when a successful publisher begins again", async () => {
    const store = memoryStore();
    const published = row({ channel: "homebrew", name: "acme/tap/widget", state: "verified" });
    await withLedger(store, beginning(1, "a1"), async ({ set }) => set([published]));
    await withLedger(store, beginning(2, "b2"), async ({ set }) => {
      expect(await states(store)).toEqual(["acme/tap/widget verified"]);
      set([published]);
    });
    expect(await states(store)).toEqual(["acme/tap/widget verified"]);
  });

  test("shows that a failed publisher began again, next to a publisher with another name", async () => {
    const store = memoryStore();
    await withLedger(store, beginning(1, "a1"), async ({ set }) =>
      set([row({ channel: "homebrew", name: "acme/tap/widget", state: "failed", reason: "the tap is gone" })]),
    );
    await withLedger(store, { ...beginning(1, "c3"), name: "acme/other" }, async ({ set }) =>
      set([row({ channel: "homebrew", name: "acme/other/widget" })]),
    );
    await withLedger(store, beginning(2, "b2"), async () => {
      expect(await states(store)).toEqual([
        "acme/other/widget published",
        "acme/tap planned",
        "acme/tap/widget failed",
      ]);
    });
  });

  test("does not start the work before its first row is stored, and works without a ledger", async () => {
    const broken = { ...memoryStore(), upload: async () => Promise.reject(new Error("no artifacts today")) };
    let worked = 0;
    const work = async (): Promise<void> => {
      worked += 1;
    };
    await expect(withLedger(broken, beginning(1, "a1"), work)).rejects.toThrow("no artifacts today");
    expect(worked).toBe(0);
    await withLedger(undefined, beginning(1, "a1"), work);
    expect(worked).toBe(1);
  });
});

describe("waiting for channels", () => {
  /** A store that lists the artifacts of one look after the other. */
  async function storeOf(
    looks: (readonly (readonly [channel: string, attempt: number, state: LedgerRow["state"] | "begun"])[])[],
  ): Promise<LedgerStore> {
    const artifacts = new Map<string, Uint8Array>();
    const names: string[][] = [];
    for (const look of looks) {
      const seen: string[] = [];
      for (const [channel, attempt, state] of look) {
        const options = { channel, attempt, random: state, ...(state === "begun" ? { phase: "begun" as const } : {}) };
        const rows = [row({ channel, state: state === "begun" ? "planned" : state, reason: "x" })];
        const store = {
          list: async () => [],
          read: async () => undefined,
          upload: async (name: string, _: string, content: Uint8Array) => void artifacts.set(name, content),
        };
        seen.push(await saveLedger(store, rows, options));
      }
      names.push(seen);
    }
    return {
      list: async () => (names.length > 1 ? names.shift() : names[0]) ?? [],
      read: async (name) => artifacts.get(name),
      upload: async () => undefined,
    };
  }
  const wait = async (attempt: number, ...looks: Parameters<typeof storeOf>[0]): Promise<readonly string[]> =>
    awaitChannels(await storeOf(looks), ["chart", "npm"], {
      attempt,
      timeoutMs: looks.length > 1 ? 60_000 : 0,
      intervalMs: 1,
    });

  test("ends when each channel has ended", async () => {
    expect(
      await wait(
        1,
        [],
        [["chart", 1, "begun"]],
        [
          ["chart", 1, "verified"],
          ["npm", 1, "failed"],
        ],
      ),
    ).toEqual([]);
  });

  test("waits again for a channel that begins again in the meantime", async () => {
    expect(
      await wait(
        2,
        [["chart", 1, "verified"]],
        [
          ["chart", 1, "verified"],
          ["chart", 2, "begun"],
          ["npm", 2, "verified"],
        ],
        [
          ["chart", 2, "verified"],
          ["npm", 2, "verified"],
        ],
      ),
    ).toEqual([]);
    expect(
      await wait(2, [
        ["chart", 1, "verified"],
        ["chart", 2, "begun"],
        ["npm", 2, "verified"],
      ]),
    ).toEqual(["chart"]);
  });

  test("returns the channels that have not ended in time, and compares whole names", async () => {
    expect(
      await wait(1, [
        ["chart", 1, "verified"],
        ["npmjs", 1, "verified"],
      ]),
    ).toEqual(["npm"]);
    expect(
      await wait(1, [
        ["chart", 1, "begun"],
        ["npm", 1, "skipped"],
      ]),
    ).toEqual(["chart"]);
  });

  test("waits in a later attempt only for channels that failed or did not end before", async () => {
    expect(
      await wait(2, [
        ["chart", 1, "verified"],
        ["npm", 1, "failed"],
      ]),
    ).toEqual(["npm"]);
    expect(
      await wait(2, [
        ["chart", 1, "planned"],
        ["npm", 1, "begun"],
      ]),
    ).toEqual(["chart", "npm"]);
    expect(
      await wait(2, [
        ["chart", 1, "verified"],
        ["npm", 2, "published"],
      ]),
    ).toEqual([]);
    expect(
      await wait(2, [
        ["chart", 1, "verified"],
        ["chart", 2, "begun"],
        ["npm", 1, "skipped"],
      ]),
    ).toEqual(["chart"]);
  });
});
