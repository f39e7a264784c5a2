import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { isPublished, mergeLedger } from "./merge.ts";
import { type LedgerPage, type LedgerRow, readPage, writePage } from "./page.ts";
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

  test("is read back as it was written, and follows the published schema", () => {
    const written = page(2, full, row({ state: "skipped", reason: "a hotfix is not published to npm" }));
    expect(readPage(writePage(written))).toEqual(written);
    expect(accepts(written)).toBe(true);
  });

  test.each<[name: string, page: unknown, message: string]>([
    ["a newer format", { ...page(1), ledger: 2 }, "`ledger` is 2, expected 1"],
    ["no rows", { ledger: 1, attempt: 1 }, "`rows` is absent"],
    ["a state nobody knows", page(1, row({ state: "gone" as "planned" })), '`rows[0].state` is "gone"'],
    ["a skip without its reason", page(1, row({ state: "skipped" })), "`rows[0]` is skipped without a `reason`"],
    ["a channel with a path in it", page(1, row({ channel: "../npm" })), "expected the name of a channel"],
    ["an empty name", page(1, row({ name: "" })), "`rows[0].name` is"],
    ["a digest without an algorithm", page(1, row({ digest: "a".repeat(64) })), "expected a digest such as"],
    ["a script for an address", page(1, row({ url: "javascript:alert(1)" })), "expected a web address"],
    ["a time in no zone", page(1, row({ at: "2026-01-02 03:04" })), "expected a time such as"],
  ])("is refused with %s, by the reader and by the schema", (_name, content, message) => {
    expect(() => readPage(JSON.stringify(content))).toThrow(message);
    expect(accepts(content)).toBe(false);
  });

  test("is refused with a line break in a name, which could forge a row or a workflow command", () => {
    expect(() => writePage(page(1, row({ name: "widget\n::error::x" })))).toThrow("expected one line of text");
  });

  test("is refused when empty or cut short", () => {
    expect(() => readPage("", "ledger.json of the artifact x")).toThrow("ledger.json of the artifact x is empty");
    expect(() => readPage('{"ledger":1,')).toThrow("is not JSON");
  });
});

describe("mergeLedger", () => {
  test("lets the latest row of each channel and name win, in whatever order the pages come", () => {
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

  test("believes a later attempt over a clock that runs ahead", () => {
    const first = page(1, row({ state: "planned", at: "2027-01-01T00:00:00Z" }));
    const second = page(2, row({ state: "verified", at: "2026-01-01T00:00:00Z" }));
    expect(mergeLedger([second, first])).toEqual(second.rows);
  });

  test("takes the later of two rows that one publisher wrote within a second", () => {
    expect(mergeLedger([page(1, row({ state: "planned" }), row())])).toEqual([row()]);
  });

  test("keeps names apart that would be equal when joined", () => {
    const rows = [
      row({ channel: "npm", name: "a/b" }),
      row({ channel: "npm", name: "a" }),
      row({ channel: "npm-a", name: "b" }),
    ];
    expect(mergeLedger([page(1, ...rows)])).toHaveLength(3);
  });
});

test("only what is there to use counts as published", () => {
  const states = ["planned", "published", "verified", "skipped"] as const;
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

  test("is written as one artifact a publisher, which cargo-dist does not attach to the release", async () => {
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

  test("is empty before anybody wrote, and an error when a page cannot be read", async () => {
    const store = memoryStore();
    expect(await loadLedger(store)).toEqual([]);
    await expect(loadLedger({ ...store, list: async () => ["ledger-npm-1-a"] })).rejects.toThrow(
      "the artifact ledger-npm-1-a was listed, but",
    );
  });
});

describe("waiting for channels", () => {
  const store = (lists: string[][]): LedgerStore => ({
    list: async (prefix) =>
      (lists.length > 1 ? lists.shift() : lists[0])?.filter((name) => name.startsWith(prefix)) ?? [],
    read: async () => undefined,
    upload: async () => undefined,
  });

  test("ends when each has a page, of whichever attempt", async () => {
    const lists = [[], ["ledger-chart-2-0a"], ["ledger-chart-2-0a", "ledger-npm-1-0b"]];
    expect(await awaitChannels(store(lists), ["chart", "npm"], { timeoutMs: 60_000, intervalMs: 1 })).toEqual([]);
  });

  test("tells who has none when the time is over, and takes no channel for one whose name it begins with", async () => {
    const lists = [["ledger-chart-1-0a", "ledger-npmjs-1-0b"]];
    expect(await awaitChannels(store(lists), ["chart", "npm"], { timeoutMs: 20, intervalMs: 5 })).toEqual(["npm"]);
  });

  test("looks once where it may not wait", async () => {
    expect(await awaitChannels(store([[]]), ["chart"], { timeoutMs: 0 })).toEqual(["chart"]);
    expect(await awaitChannels(store([["ledger-chart-1-0a"]]), ["chart"], { timeoutMs: 0 })).toEqual([]);
  });
});
