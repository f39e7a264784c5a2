import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseToml } from "@release-actions/toml";
import { resolveProfile } from "./profile.ts";
import { readWorkspace } from "./workspace.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "profile-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function resolve(name: string, manifest: string, config = "", env: Readonly<Record<string, string>> = {}): unknown {
  writeFileSync(path.join(folder, "Cargo.toml"), `[workspace]\n${manifest}`);
  const { root } = parseToml(config, "config.toml");
  return resolveProfile(name, {
    workspace: readWorkspace(folder),
    config: { files: [], root, overrides: new Set(), warnings: [] },
    env,
  });
}

describe("resolveProfile", () => {
  test("has cargo's defaults, and strips the standard library's debug information", () => {
    expect(resolve("release", "")).toEqual({
      "opt-level": "3",
      debug: "false",
      strip: "debuginfo",
      lto: "false",
      "codegen-units": "16",
      panic: "unwind",
      "overflow-checks": "false",
    });
    expect(resolve("dev", "")).toMatchObject({ "opt-level": "0", debug: "true", strip: "none", panic: "unwind" });
  });

  test.each(["false", "0", "none"])("reads debug = %s in the environment as no debug information", (debug) => {
    expect(resolve("release", "", "", { CARGO_PROFILE_RELEASE_DEBUG: debug })).toMatchObject({ strip: "debuginfo" });
  });

  test("prefers the profile to inherit from in the configuration to that in the manifest", () => {
    const manifest = '[profile.dist]\ninherits = "dev"\n';
    expect(resolve("dist", manifest)).toMatchObject({ "opt-level": "0" });
    expect(resolve("dist", manifest, '[profile.dist]\ninherits = "release"\n')).toMatchObject({ "opt-level": "3" });
  });

  test("prefers the environment, then the configuration, then the manifest, then the inherited profile", () => {
    const manifest =
      '[profile.release]\nlto = "thin"\nopt-level = 2\npanic = "abort"\n[profile.dist]\ninherits = "release"\nopt-level = "s"\n';
    expect(resolve("dist", manifest)).toMatchObject({ lto: "thin", "opt-level": "s", panic: "abort" });
    const config = "[profile.dist]\nopt-level = 1\n";
    expect(resolve("dist", manifest, config)).toMatchObject({ "opt-level": "1" });
    const env = { CARGO_PROFILE_DIST_OPT_LEVEL: "0", CARGO_PROFILE_RELEASE_LTO: "fat" };
    expect(resolve("dist", manifest, config, env)).toMatchObject({ "opt-level": "0", lto: "fat" });
  });

  test.each([
    ["true", "symbols"],
    ["false", "debuginfo"],
    ['"none"', "debuginfo"],
    ['"debuginfo"', "debuginfo"],
    ['"symbols"', "symbols"],
  ])("strip = %s without debug information strips %s", (value, strip) => {
    expect(resolve("release", `[profile.release]\nstrip = ${value}\n`)).toMatchObject({ strip });
  });

  test.each(["none", "false"])("strip = %s with debug information strips nothing", (value) => {
    const strip = value === "false" ? value : `"${value}"`;
    expect(resolve("dev", `[profile.dev]\nstrip = ${strip}\n`)).toMatchObject({ strip: "none" });
  });

  test("ignores a value that is a list or a table", () => {
    expect(resolve("release", "[profile.release]\nlto = [1]\npanic = { a = 1 }\n")).toMatchObject({
      lto: "false",
      panic: "unwind",
    });
  });

  test("keeps requested debug information", () => {
    expect(resolve("release", "[profile.release]\ndebug = 1\n")).toMatchObject({ debug: "1", strip: "none" });
  });

  test.each([
    ["a profile that does not exist", "dist", "", /there is no profile dist in .*Cargo\.toml/],
    [
      "a profile that inherits from itself",
      "x",
      '[profile.x]\ninherits = "y"\n[profile.y]\ninherits = "x"\n',
      /inherits from itself: x -> y -> x/,
    ],
  ])("refuses %s", (_name, profile, manifest, message) => {
    expect(() => resolve(profile, manifest)).toThrow(message);
  });
});
