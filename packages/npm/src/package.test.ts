import { describe, expect, test } from "@jest/globals";
import type { BinaryNeeds } from "./binary.ts";
import { checkBinary } from "./binary.ts";
import { checkBase, checkPackage } from "./check-package.ts";
import { makeLauncher } from "./launcher/make-launcher.ts";
import { requireLicense } from "./license.ts";
import { baseManifest, type Manifest, ownBaseManifest, type Product, platformManifest } from "./manifest.ts";
import { requirePackageName, tarballName } from "./name.ts";
import { parseWantedPlatform } from "./platform.ts";
import { differingFiles, integrityOf, type PackageFiles, packTarball, readTarball } from "./tarball.ts";

const PRODUCT: Product = {
  name: "@acme/widget",
  version: "1.2.3",
  binary: "widget",
  fields: {},
  about: { license: "MIT", repository: "https://github.com/acme/widget", description: "Widgets" },
};
const LINUX = parseWantedPlatform("linux-x64");

function files(
  contents: Readonly<Record<string, string | Manifest>>,
  executable: readonly string[] = [],
): PackageFiles {
  return new Map(
    Object.entries(contents).map(([name, content]) => {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      return [name, { content: Buffer.from(text), executable: executable.includes(name) }];
    }),
  );
}

const GLIBC: BinaryNeeds = { libc: "glibc", glibc: undefined, isStatic: false };
const STATIC: BinaryNeeds = { libc: undefined, glibc: undefined, isStatic: true };

describe("a package.json", () => {
  test("of a static build also allows Android, and one of a glibc build names the required glibc", () => {
    expect(platformManifest(PRODUCT, LINUX, STATIC, [], { os: ["linux"] })).toMatchObject({ os: ["linux", "android"] });
    expect(platformManifest(PRODUCT, LINUX, { ...GLIBC, glibc: "2.39" }, [])).toMatchObject({
      os: ["linux"],
      libc: ["glibc"],
      description: "Widgets (needs glibc 2.39 or newer)",
    });
  });

  test("of a platform names its system, and prefers an unpacked installation", () => {
    expect(platformManifest(PRODUCT, LINUX, GLIBC, ["bin/widget"], { author: "Acme" })).toEqual({
      name: "@acme/widget-linux-x64",
      version: "1.2.3",
      description: "Widgets",
      license: "MIT",
      author: "Acme",
      os: ["linux"],
      cpu: ["x64"],
      libc: ["glibc"],
      preferUnplugged: true,
      files: ["bin/widget"],
      repository: { type: "git", url: "git+https://github.com/acme/widget.git" },
      homepage: "https://github.com/acme/widget#readme",
    });
  });

  test.each<[field: string, value: unknown]>([
    ["name", "widget-linux-x64"],
    ["version", "1.2.2"],
    ["os", ["darwin"]],
    ["cpu", "arm64"],
  ])("refuses a template with a different %s", (field, value) => {
    expect(() => platformManifest(PRODUCT, LINUX, STATIC, [], { [field]: value })).toThrow(
      `the template says \`${field}\``,
    );
  });

  test("of a base pins every platform exactly (B157)", () => {
    const manifest = baseManifest(PRODUCT, [LINUX, parseWantedPlatform("darwin-arm64")], ["bin"]);
    expect(manifest["optionalDependencies"]).toEqual({
      "@acme/widget-darwin-arm64": "1.2.3",
      "@acme/widget-linux-x64": "1.2.3",
    });
    checkBase(manifest, ["@acme/widget-darwin-arm64", "@acme/widget-linux-x64"]);
    const optionalDependencies = { "@acme/widget-darwin-arm64": "^1.2.3" };
    expect(() => checkBase({ ...manifest, optionalDependencies }, ["@acme/widget-darwin-arm64"])).toThrow(
      "does not pin",
    );
  });

  test("of a hand-written base gets the version of the release, and keeps other dependencies", () => {
    const written = {
      name: "@acme/widget",
      version: "0.0.0",
      license: "MIT",
      bin: "run.js",
      scripts: { build: "tsc" },
      dependencies: { left: "1.0.0" },
      optionalDependencies: { "@acme/widget-old": "0.1.0", fsevents: "2" },
    };
    expect(ownBaseManifest(PRODUCT, [LINUX], written, { "@scarf/scarf": "^1" })).toMatchObject({
      version: "1.2.3",
      scripts: {},
      dependencies: { left: "1.0.0", "@scarf/scarf": "^1" },
      optionalDependencies: { "@acme/widget-linux-x64": "1.2.3", fsevents: "2" },
    });
    expect(() => ownBaseManifest(PRODUCT, [LINUX], { ...written, name: "other" })).toThrow("says `name` is");
  });

  test.each([undefined, "", "Proprietary", "MIT AND", 7])("refuses %p as a license", (license) => {
    const check = () => requireLicense(license, "widget");
    expect(check).toThrow("expected an SPDX expression");
    expect(check).not.toThrow(expect.objectContaining({ cause: expect.anything() }));
  });

  test("accepts SPDX expressions, and cargo's old form", () => {
    expect(["BUSL-1.1", "MIT OR Apache-2.0", "MIT/Apache-2.0"].map((text) => requireLicense(text, "widget"))).toEqual([
      "BUSL-1.1",
      "MIT OR Apache-2.0",
      "MIT OR Apache-2.0",
    ]);
  });

  test.each(["Widget", "@acme", "acme/widget", ".widget", "_widget", "wid get", "@Acme/widget", "a".repeat(215), ""])(
    "refuses the name %j (B150)",
    (name) => {
      expect(() => requirePackageName(name)).toThrow("is not a valid name of an npm package");
    },
  );
});

describe("a packed package", () => {
  const launcher = makeLauncher(PRODUCT, [{ wanted: LINUX, needs: STATIC }]);
  const manifest = baseManifest(PRODUCT, [LINUX], ["bin"]);
  const whole = { "package.json": manifest, "bin/widget.js": launcher, "README.md": "# Widget\n" };

  test("is read back unchanged, and has the same bytes every time", async () => {
    const given = files(whole, ["bin/widget.js"]);
    const bytes = await packTarball(given);
    expect(integrityOf(await packTarball(new Map([...given].reverse())))).toBe(integrityOf(bytes));
    const read = await readTarball(bytes, "widget");
    expect(differingFiles(given, read)).toEqual([]);
    expect([...read.keys()][0]).toBe("package.json");
    expect(checkPackage(read, "widget")).toEqual(manifest);
    expect(tarballName("@acme/widget", "1.2.3")).toBe("acme-widget-1.2.3.tgz");
  });

  test("differs in content, in mode and in missing files", () => {
    const one = files({ a: "1", b: "2", c: "3" }, ["c"]);
    expect(differingFiles(one, files({ a: "1", b: "3", c: "3", d: "" }))).toEqual(["b", "c", "d"]);
  });

  test.each<[name: string, change: Record<string, string | Manifest>, executable: string[], message: string]>([
    [
      "a launcher below a license header (B158, misleads 18)",
      { "bin/widget.js": `// MIT\n${launcher}` },
      ["bin/widget.js"],
      "whose first line is not a shebang",
    ],
    [
      "a first line that ends with CR LF (B158)",
      { "bin/widget.js": "#!/usr/bin/env node\r\n" },
      ["bin/widget.js"],
      "CR LF",
    ],
    ["a byte order mark before it", { "bin/widget.js": `\uFEFF${launcher}` }, ["bin/widget.js"], "not a shebang"],
    ["a launcher that is not executable (B159)", {}, [], "without the executable bit"],
    ["a missing launcher", { "package.json": { ...manifest, bin: "other.js" } }, ["bin/widget.js"], "has no file for"],
    [
      "an install script (B156)",
      { "package.json": { ...manifest, scripts: { postinstall: "node get.js" } } },
      ["bin/widget.js"],
      "script `postinstall`",
    ],
    [
      "a package that is marked private",
      { "package.json": { ...manifest, private: true } },
      ["bin/widget.js"],
      "is marked `private`",
    ],
    ["no license", { "package.json": { ...manifest, license: undefined } }, ["bin/widget.js"], "has no licence"],
    ["an invalid package.json", { "package.json": "[]" }, ["bin/widget.js"], "does not contain a JSON object"],
  ])("is refused with %s", (_name, change, executable, message) => {
    expect(() => checkPackage(files({ ...whole, ...change }, executable), "widget")).toThrow(message);
  });

  test("begins with the shebang, and names every platform of its launcher", () => {
    expect(launcher.split("\n").slice(0, 3)).toEqual(["#!/usr/bin/env node", '"use strict";', "const LAUNCHER = {"]);
    expect(launcher).toContain('"package": "@acme/widget-linux-x64"');
    expect(launcher).toContain('"override": "WIDGET_BINARY"');
  });
});

describe("checkBinary", () => {
  const elf = (machine: number): Buffer => {
    const header = Buffer.alloc(64);
    header.write("\x7fELF\x02\x01\x01", "latin1");
    header.writeUInt16LE(2, 16);
    header.writeUInt16LE(machine, 18);
    return header;
  };
  const pe = (machine: number): Buffer => {
    const header = Buffer.alloc(80);
    header.write("MZ", "latin1");
    header.writeUInt32LE(64, 60);
    header.write("PE\0\0", 64, "latin1");
    header.writeUInt16LE(machine, 68);
    return header;
  };
  const macho = (cpu: number): Buffer => {
    const header = Buffer.alloc(32);
    for (const [index, word] of [0xfeedfacf, cpu, 0, 2].entries()) header.writeUInt32LE(word, index * 4);
    return header;
  };

  test.each<[string, Buffer, string]>([
    ["a static program for Linux", elf(62), "x86_64-unknown-linux-musl"],
    ["a program for Linux on arm64", elf(183), "aarch64-unknown-linux-gnu"],
    ["a program for macOS", macho(0x0100000c), "aarch64-apple-darwin"],
    ["a program for Windows", pe(0x8664), "x86_64-pc-windows-msvc"],
  ])("accepts %s", async (_name, bytes, target) => {
    expect(await checkBinary(bytes, target, "widget")).toEqual({ libc: undefined, isStatic: target.includes("linux") });
  });

  test.each<[string, Buffer, string, string]>([
    ["another CPU (B177)", elf(183), "x86_64-unknown-linux-gnu", "a program for aarch64"],
    ["another system", elf(62), "x86_64-apple-darwin", "a program for Linux"],
    ["macOS on another CPU (B174)", macho(0x01000007), "aarch64-apple-darwin", "macOS on x64"],
    ["Windows (B182)", pe(0x8664), "x86_64-unknown-linux-gnu", "Windows on x64"],
    ["Windows on another CPU", pe(0xaa64), "x86_64-pc-windows-msvc", "Windows on arm64"],
    [
      "no system, because it is a script (B161)",
      Buffer.from("#!/bin/sh\n"),
      "x86_64-unknown-linux-gnu",
      "not a program",
    ],
    ["no system, because it is empty (B160)", Buffer.alloc(0), "x86_64-unknown-linux-gnu", "empty"],
  ])("refuses a program for %s", async (_name, bytes, target, message) => {
    await expect(checkBinary(bytes, target, "widget")).rejects.toThrow(message);
  });
});
