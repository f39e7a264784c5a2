import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Snapshot } from "./snapshot.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "snapshot-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("Snapshot", () => {
  const at = (name: string): string => path.join(root, name);
  const open = (): Snapshot => new Snapshot(root, "/product");

  test.each<[string, () => void]>([
    ["changed", () => writeFileSync(at("a"), "other")],
    ["removed", () => rmSync(at("a"))],
    ["left alone", () => undefined],
  ])("restores the bytes and the mode of a file that was %s, and deletes the snapshot", async (_name, meddle) => {
    writeFileSync(at("a"), Buffer.from([0, 255, 13, 10]));
    chmodSync(at("a"), 0o600);
    await open().take([at("a")]);
    meddle();
    await open().restore();
    expect([...readFileSync(at("a"))]).toEqual([0, 255, 13, 10]);
    expect(statSync(at("a")).mode & 0o777).toBe(0o600);
    expect(open().exists).toBe(false);
  });

  test("removes a file that did not exist, and restores one whose folder is missing", async () => {
    mkdirSync(at("sub"));
    writeFileSync(at("sub/a"), "before");
    await open().take([at("sub/a"), at("new")]);
    rmSync(at("sub"), { recursive: true });
    writeFileSync(at("new"), "x");
    expect(await open().restore()).toEqual([at("sub/a"), at("new")]);
    expect(readFileSync(at("sub/a"), "utf8")).toBe("before");
    expect(existsSync(at("new"))).toBe(false);
  });

  test("keeps workspaces separate", async () => {
    await open().take([at("a")]);
    expect(new Snapshot(root, "/elsewhere").exists).toBe(false);
    expect(new Snapshot(root, "/product/").exists).toBe(true);
  });

  test("does not exist when it is incomplete (F85)", async () => {
    mkdirSync(open().folder);
    writeFileSync(path.join(open().folder, "0"), "half");
    expect(open().exists).toBe(false);
  });

  test.each([["{}"], ['[{"file":1}]'], ["[null]"]])("refuses an index that contains %s", async (index) => {
    mkdirSync(open().folder);
    writeFileSync(path.join(open().folder, "index.json"), index);
    await expect(open().restore()).rejects.toThrow(/was changed by another program/);
  });
});
