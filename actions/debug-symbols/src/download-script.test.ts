import { describe, expect, test } from "@jest/globals";
import { downloadScripts } from "./download-script.ts";
import type { Product } from "./products.ts";

const TEMPLATE = "/usr/local/bin/download-<binary>-debug-symbols.sh";
const SERVER = "https://symbols.example";

function product(name: string, machine = "x86-64", buildId = "00ff"): Product {
  return { name, machine, buildId, debug: `/output/${name}.debug`, crc32: 0, size: 0 };
}

describe("downloadScripts", () => {
  test("writes one script for each binary, with its build id", () => {
    const scripts = downloadScripts([product("server"), product("bin/cli", "x86-64", "11aa")], SERVER, TEMPLATE);
    expect(scripts.map(({ place }) => place)).toEqual([
      "/usr/local/bin/download-server-debug-symbols.sh",
      "/usr/local/bin/download-cli-debug-symbols.sh",
    ]);
    expect(scripts[1]?.text).toContain("\nbuild_id=11aa\n");
    expect(scripts[1]?.text).toContain('"https://symbols.example/buildid/${build_id}/debuginfo"');
    expect(scripts[1]?.text).toContain('mv -f -- "$part" "$folder/cli.debug"');
  });

  test("selects the build id by machine when a binary has builds for several machines", () => {
    const builds = [product("linux_amd64/server"), product("linux_arm64/server", "aarch64", "22bb")];
    const [script, ...others] = downloadScripts(builds, SERVER, TEMPLATE);
    expect(others).toEqual([]);
    expect(script?.text).toContain("x86_64) build_id=00ff ;;\n  aarch64) build_id=22bb ;;");
  });

  test.each<[string, Product[], string, RegExp]>([
    [
      "two builds of one binary for one machine",
      [product("a/server"), product("b/server", "x86-64", "11")],
      TEMPLATE,
      /2 binaries of the name server/,
    ],
    [
      "a template that gives two binaries the same path",
      [product("a"), product("b")],
      "/bin/fetch.sh",
      /expected <binary> in it/,
    ],
    [
      "a name that is a shell command (F143)",
      [product("$(id)")],
      TEMPLATE,
      /characters that are not allowed in the name of a script/,
    ],
  ])("refuses %s", (_case, products, template, message) => {
    expect(() => downloadScripts(products, SERVER, template)).toThrow(message);
  });
});
