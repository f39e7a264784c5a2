import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { requestFor } from "./install-tools.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tools-"));
writeFileSync(path.join(folder, "just"), "#!/bin/sh\n");
chmodSync(path.join(folder, "just"), 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

describe("requestFor", () => {
  test.each([
    ["just", { name: "just", version: "installed" }],
    ["just@1.59.0", { name: "just", version: "1.59.0" }],
    ["cargo-deny", { name: "cargo-deny", version: "pinned" }],
    ["cargo-deny@", { name: "cargo-deny", version: "" }],
  ])("reads %s", (item, request) => {
    expect(requestFor(item, folder)).toEqual(request);
  });
});
