import { chmod, cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../parts.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { RUST_FOLDERS } from "../support/rust-env.ts";
import { writeFiles } from "../support/write-files.ts";

jest.setTimeout(240_000);

const FIXTURE = path.join(import.meta.dirname, "../fixtures/rust-workspace");

type Values = Readonly<Record<string, string>>;

describeWith(["cargo", "rustc", "gcc"], "reproducible-build", () => {
  let job: Job;
  beforeEach(async () => {
    job = await Job.open({ env: RUST_FOLDERS });
  });
  afterEach(() => job.close());

  async function copyFixture(folder: string, files: Values = {}): Promise<void> {
    await cp(FIXTURE, job.file(folder), { recursive: true });
    writeFiles(job.file(folder), files);
  }

  /** Builds a fresh copy, and writes the manifest beside the binaries. */
  async function build(folder: string, inputs: Values = {}, env: Values = {}, files: Values = {}): Promise<StepResult> {
    await copyFixture(folder, files);
    // The builds stand for two machines, so each gets a job: what one exports must not reach the next.
    await using other = await Job.open({ env: RUST_FOLDERS });
    const record = job.file(folder, "target/release/manifest.json");
    const all = { "working-directory": job.file(folder), packages: "b a", record, ...inputs };
    return await other.step("reproducible-build", { inputs: all, env });
  }

  async function compare(): Promise<StepResult> {
    const against = ["one", "further/away"].map((folder) =>
      `${path.dirname(folder)}-${path.basename(folder)}=${folder}/target/release/manifest.json`.replace(/^\.-/, ""),
    );
    return await job.step("repro-hash-compare", {
      inputs: { against: against.map((line) => line.replace("further-", "")).join("\n") },
    });
  }

  function causes(step: StepResult): { file: string; kind: string; left: string; right: string }[] {
    return JSON.parse(step.outputs["causes"] ?? "[]");
  }

  test("builds in two folders are equal, and so is a second build in a changed environment", async () => {
    const one = await build("one", { builds: "2" });
    expect([one.conclusion, one.annotations]).toEqual(["success", []]);
    expect(one.outputs).toMatchObject({ reproducible: "true", "source-date-epoch": "315532800", causes: "[]" });
    expect(
      JSON.parse(one.outputs["binaries"] ?? "")
        .map((binary: { path: string }) => binary.path)
        .sort(),
    ).toEqual(["target/release/a", "target/release/b"]);
    expect((await build("further/away")).conclusion).toBe("success");
    const compared = await compare();
    expect([compared.conclusion, compared.outputs["compared"]]).toEqual(["success", "2"]);
    const kept = {
      paths: one.outputs["paths"] ?? "",
      context: one.outputs["context"] ?? "",
      record: "kept/manifest.json",
    };
    await job.step("repro-hash-compare", { inputs: kept });
    const again = JSON.parse(await readFile(job.file("kept/manifest.json"), "utf8"));
    expect(again.files.map((file: { path: string }) => file.path)).toEqual([
      expect.stringMatching(/^[^/]+-linux-gnu\/a$/),
      expect.stringMatching(/^[^/]+-linux-gnu\/b$/),
    ]);
    expect(again.context).toMatchObject({ "build-command": "cargo build --profile release --locked -p a -p b" });
    const manifest = JSON.parse(await readFile(job.file("one/target/release/manifest.json"), "utf8"));
    expect(manifest.context).toMatchObject({
      "build-command": "cargo build --profile release --locked -p a -p b",
      "profile.opt-level": "3",
      "profile.strip": "symbols",
      "source-date-epoch": "315532800",
      remapped: "src crate crate-git rustup",
    });
  });

  test.each<[string, readonly [Values, Values], readonly [Values, Values], readonly string[]]>([
    ["no remap", [{ remap: "none" }, { remap: "none" }], [{}, {}], ["build-path"]],
    ["a time compiled in", [{}, {}], [{ FIXTURE_CLOCK: "1" }, { FIXTURE_CLOCK: "1" }], ["timestamp"]],
    ["-p a against -p a -p b", [{ packages: "a" }, {}], [{}, {}], ["build-context:build-command", "code"]],
    [
      "another opt-level",
      [{}, {}],
      [{}, { CARGO_PROFILE_RELEASE_OPT_LEVEL: "1" }],
      ["build-context:profile.opt-level", "code"],
    ],
    [
      "an unstripped side",
      [{}, {}],
      [{}, { CARGO_PROFILE_RELEASE_STRIP: "none" }],
      ["build-context:profile.strip", "stripped"],
    ],
    [
      "another linker flag",
      [{}, { rustflags: "-C link-arg=-Wl,-z,max-page-size=65536" }],
      [{}, {}],
      ["build-context:rustflags", "linker-options"],
    ],
  ])("catches %s and names it first", async (_fault, inputs, env, expected) => {
    await build("one", inputs[0], env[0]);
    if ("FIXTURE_CLOCK" in env[0]) await sleep(1100);
    await build("further/away", inputs[1], env[1]);
    const compared = await compare();
    expect(compared.conclusion).toBe("failure");
    const found = causes(compared).filter(({ file }) => file === "" || file === "a");
    // Causes in the builds come first. Causes in the files are of the same kind.
    expect([...new Set(found.map(({ kind }) => kind))]).toEqual(expected);
  });

  test("catches a changed file mode and a missing file", async () => {
    await build("one");
    await cp(job.file("one"), job.file("further/away"), { recursive: true });
    const away = job.file("further/away/target/release");
    const record = async (): Promise<unknown> =>
      await job.step("repro-hash-compare", { inputs: { paths: `${away}/[ab]`, record: `${away}/manifest.json` } });
    await chmod(path.join(away, "a"), 0o700);
    await record();
    expect(causes(await compare())).toMatchObject([{ file: "a", kind: "mode" }]);
    await chmod(path.join(away, "a"), 0o755);
    await rm(path.join(away, "b"));
    await record();
    expect(causes(await compare())).toMatchObject([{ file: "b", kind: "missing" }]);
  });

  test.each([
    ["time", { FIXTURE_CLOCK: "1" }, "timestamp"],
    ["user", { FIXTURE_USER: "1" }, "embedded-text"],
  ])("a second build shows that the program depends on %s", async (word, env, kind) => {
    const step = await build("one", { builds: "2" }, { USER: "runner", ...env });
    expect([step.conclusion, step.outputs["reproducible"]]).toEqual(["failure", "false"]);
    expect(step.outputs["depends-on"]).toBe(word);
    expect(causes(step)).toMatchObject([
      { file: "", kind: `depends-on:${word}` },
      { file: "a", kind },
    ]);
  });

  test("finds a path that no flag can replace, with its section and offset (B181, misleads 12)", async () => {
    const step = await build("one", {}, { FIXTURE_FOLDER: "1" });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toMatch(
      /target\/release\/a: the path \/.*\/one\/a.* of this machine remains at byte \d+ in \.rodata/,
    );
    expect(step.annotations).toHaveLength(2);
  });

  test("refuses a binary that is not stripped as the profile says, and recognises a static one", async () => {
    const step = await build("one", { rustflags: "-C strip=none" });
    expect(step.annotations[0]?.message).toMatch(/it has symbols, but profile release says strip = "symbols"/);
    const fixed = await build("further/away", { rustflags: "-C target-feature=+crt-static" });
    expect([fixed.conclusion, fixed.annotations]).toEqual(["success", []]);
  });

  test("flags of the configuration stay, and the printed lines build the same binaries", async () => {
    const config = '[build]\nrustflags = ["--cfg", "kept"]\n';
    const built = await build("one", { rustflags: "--cfg=added" }, {}, { ".cargo/config.toml": config });
    expect(built.outputs["rustflags"]).toMatch(/^--cfg kept --cfg=added --remap-path-prefix=/);
    await copyFixture("further/away", { ".cargo/config.toml": config });
    const cwd = job.file("further/away");
    const printed = await job.step("reproducible-build", {
      inputs: { "working-directory": cwd, mode: "print", rustflags: "--cfg=added" },
    });
    await writeFile(path.join(cwd, ".cargo/config.toml"), printed.outputs["config"] ?? "");
    const env = { ...process.env, ...RUST_FOLDERS, RUSTFLAGS: undefined };
    await runCommand("cargo", ["build", "--release", "--locked", "-p", "a", "-p", "b"], { cwd, env });
    const inputs = { paths: "one/target/release/[ab]", against: "further/away/target/release" };
    expect((await job.step("repro-hash-compare", { inputs })).outputs).toMatchObject({
      reproducible: "true",
      compared: "2",
    });
  });

  test.each<[string, Values, Values, RegExp]>([
    [
      "a pinned channel that is not installed",
      {},
      { "rust-toolchain.toml": '[toolchain]\nchannel = "1.999.0"\n' },
      /1\.999\.0/,
    ],
    [
      "a toolchain other than the pinned one",
      { toolchain: "1.94.0" },
      { "rust-toolchain.toml": '[toolchain]\nchannel = "1.95.0"\n' },
      /input `toolchain` is 1\.94\.0, but .* pins 1\.95\.0/,
    ],
    [
      "a toolchain other than the installed one",
      { toolchain: "1.94.0" },
      {},
      /input `toolchain` is 1\.94\.0, but rustc here is/,
    ],
    ["a profile that does not exist", { profile: "dist" }, {}, /there is no profile dist/],
    [
      "an epoch in milliseconds, far in the future (B116)",
      { "source-date-epoch": "178000000000" },
      {},
      /in the future/,
    ],
    [
      "an epoch that is not a number (B116)",
      { "source-date-epoch": "yesterday" },
      {},
      /expected seconds since 1970 or `commit`/,
    ],
    ["an unknown folder to remap", { remap: "home" }, {}, /input `remap` has "home", expected workspace/],
    ["a package that does not exist", { packages: "c" }, {}, /failed with exit code 101/],
    [
      "a lock file that is not up to date",
      {},
      { "b/Cargo.toml": '[package]\nname = "b"\nversion = "0.2.0"\nedition = "2021"\n' },
      /failed with exit code 101/,
    ],
  ])("refuses %s", async (_name, inputs, files, message) => {
    const step = await build("one", inputs, {}, files);
    expect(step.conclusion).toBe("failure");
    expect(step.annotations.at(-1)?.message).toMatch(message);
  });
});
