import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { changesFormatOnly } from "./formatting.ts";
import { findNamedVersion } from "./version-file.ts";

const root = mkdtempSync(path.join(tmpdir(), "hakari-version-"));
afterAll(() => rmSync(root, { recursive: true }));

function found(files: Readonly<Record<string, string>>): string | undefined {
  const folder = mkdtempSync(path.join(root, "x-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return findNamedVersion(folder)?.version;
}

describe("findNamedVersion finds the version", () => {
  test.each<[string, Readonly<Record<string, string>>, string | undefined]>([
    ["in hakari.toml", { ".config/hakari.toml": '# cargo-hakari@0.9.36\nhakari-package = "hack"\n' }, "0.9.36"],
    ["in pins.yml", { "pins.yml": 'tools:\n  cargo-hakari: "0.9.35"\n' }, "0.9.35"],
    ["in mise.toml", { "mise.toml": '[tools]\n"cargo:cargo-hakari" = "0.9.34"\n' }, "0.9.34"],
    [
      "in the Dockerfile of a tools image",
      { "docker/Dockerfile": "FROM x\nRUN cargo install --locked cargo-hakari --version 0.9.33\n" },
      "0.9.33",
    ],
    ["before the tool's name", { Dockerfile: "RUN cargo install --version 0.9.32 --locked cargo-hakari\n" }, "0.9.32"],
    [
      "in a workflow",
      {
        ".github/workflows/ci.yml":
          "jobs:\n  a:\n    steps:\n      - with:\n          tool: just,cargo-hakari@0.9.31\n",
      },
      "0.9.31",
    ],
    [
      "first in hakari.toml",
      { ".config/hakari.toml": "# cargo-hakari 0.9.36\n", justfile: "x:\n  cargo-hakari@0.9.1\n" },
      "0.9.36",
    ],
    [
      "nowhere",
      { ".config/hakari.toml": 'dep-format-version = "4"\n', justfile: "x:\n  cargo hakari verify\n" },
      undefined,
    ],
  ])("%s", (_name, files, expected) => {
    expect(found(files)).toBe(expected);
  });
});

describe("changesFormatOnly", () => {
  test.each([
    [
      "accepts a patch of order and spaces",
      '--- a\n+++ b\n-serde = { version = "1", features = ["a"] }\n-x = "1"\n+x = "1"\n+serde = { version = "1", features = ["a",] }\n',
      true,
    ],
    [
      "refuses a patch with another feature",
      '-serde = { version = "1" }\n+serde = { version = "1", features = ["a"] }\n',
      false,
    ],
    ["refuses an empty patch", "", false],
  ])("%s", (_name, patch, expected) => {
    expect(changesFormatOnly(patch)).toBe(expected);
  });
});
