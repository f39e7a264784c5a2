import { describe, expect, test } from "@jest/globals";
import type { FlagArgument, ResolvedFlags } from "@release-actions/cargo";
import { planFlags } from "./flags.ts";

const from = (name: string, values: readonly string[]): FlagArgument[] =>
  values.map((value, at) => ({ value, origin: { name, location: { file: "config.toml", line: at + 1 } } }));

const resolved = (...values: string[]): ResolvedFlags => ({
  source: "target",
  args: from("target.x.rustflags", values),
  warnings: [],
  overridden: from("build.rustflags", ["--cfg", "hidden"]),
  ofProfiles: from("profile.dist.rustflags", ["-g"]),
});

const none = { exclude: [], extra: "" };

describe("planFlags", () => {
  test("joins the flags, and lists the source of each flag and whether it was kept", () => {
    const rules = { exclude: ["-Ctarget-cpu=*"], extra: "--cfg=a  -O" };
    const plan = planFlags(resolved("-C", "target-cpu=native", "--cfg", "a"), rules);
    expect(plan).toEqual({
      rustflags: "--cfg a -O",
      rows: [
        { flag: "-C target-cpu=native", from: "target.x.rustflags (config.toml:1)", fate: "dropped by -Ctarget-cpu=*" },
        { flag: "--cfg a", from: "target.x.rustflags (config.toml:3)", fate: "taken" },
        { flag: "--cfg=a", from: "rustflags-extra", fate: "there already" },
        { flag: "-O", from: "rustflags-extra", fate: "added" },
        {
          flag: "-g",
          from: "profile.dist.rustflags (config.toml:1)",
          fate: "left to cargo, which adds it for the profile",
        },
        { flag: "--cfg hidden", from: "build.rustflags (config.toml:1)", fate: "overridden by the target's own flags" },
      ],
      unused: [],
    });
  });

  test.each([
    ["-C target-cpu=*", ["-Ctarget_cpu=native"], ""],
    ["--codegen=target-cpu=native", ["-C", "target-cpu=native"], ""],
    ["-Ctarget-cpu=x86*", ["-Ctarget-cpu=native"], "-Ctarget-cpu=native"],
    ["--cfg *_unstable", ["--cfg", "tokio_unstable", "--cfg=stable"], "--cfg=stable"],
    ["-C*", ["-Cdebuginfo=1", "-Dwarnings"], "-Dwarnings"],
    ["-g", ["-Cdebuginfo=2"], ""],
    ["-C link-arg=-Wl,.", ["-Clink-arg=-Wl,x"], "-Clink-arg=-Wl,x"],
  ])("the pattern %s matches a flag in any spelling", (pattern, flags, left) => {
    expect(planFlags(resolved(...flags), { ...none, exclude: [pattern] }).rustflags).toBe(left);
  });

  test.each([[["--cfg", 'feature="a b"']], [["-Clink-arg=-Wl,-rpath,/a b"]], [["a\tb"]], [["--cfg", ""]]])(
    "refuses %j, which RUSTFLAGS cannot express, and names its place",
    (flags) => {
      const line = flags.length;
      expect(() => planFlags(resolved(...flags), none)).toThrow(
        expect.objectContaining({
          location: { file: "config.toml", line },
          message: expect.stringContaining("cannot be expressed in RUSTFLAGS"),
        }),
      );
    },
  );

  test("accepts a flag with a space when a pattern excludes it", () => {
    expect(planFlags(resolved("-Clink-arg=a b", "-O"), { ...none, exclude: ["-Clink-arg=*"] }).rustflags).toBe("-O");
  });

  test.each([["-O -g"], ["--cfg a --cfg b"]])("refuses the pattern %s, which is not a single flag", (pattern) => {
    expect(() => planFlags(resolved(), { ...none, exclude: [pattern] })).toThrow(/is not one flag/);
  });
});
