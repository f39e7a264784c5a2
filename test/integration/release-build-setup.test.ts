import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { Product } from "@release-actions/example-product";
import { describeWith } from "../parts.ts";
import { Job, type StepOptions, type StepResult } from "../runner/job.ts";
import { expectOneError } from "../runner/one-error.ts";
import { rustEnv } from "../support/rust-env.ts";

const HOST = "x86_64-unknown-linux-gnu";
const MUSL = "x86_64-unknown-linux-musl";
const COMMON = "-C force-unwind-tables --cfg uuid_unstable --cfg tokio_unstable";
const ANSWERS = {
  krb5_cv_attr_constructor_destructor: "yes",
  ac_cv_func_regcomp: "yes",
  ac_cv_printf_positional: "yes",
  ac_cv_gssapi_supports_spnego: "yes",
};
/** For tests that are only about flags: no notice is made, and hakari stays on. */
const FLAGS_ONLY = { "notice-command": "none", hakari: "keep" };

type Change = (product: Product) => void;

const replace =
  (file: string, from: string, to: string): Change =>
  (product) =>
    product.replace(file, from, to);
const write =
  (file: string, text: string): Change =>
  (product) =>
    product.write(file, text);

interface Setup {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly change?: Change;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a body in a job whose workspace is the product. */
async function inJob({ change, env }: Setup, body: (job: Job) => Promise<void>): Promise<void> {
  using product = new Product();
  change?.(product);
  await using job = await Job.open({ env: { ...rustEnv(), ...env } });
  cpSync(product.root, job.workspace, { recursive: true });
  await body(job);
}

async function setUp(setup: Setup, options: StepOptions = {}): Promise<StepResult> {
  let step: StepResult | undefined;
  await inJob(setup, async (job) => {
    step = await job.step("release-build-setup", { ...options, inputs: { ...FLAGS_ONLY, ...setup.inputs } });
  });
  if (step === undefined) throw new Error("the step did not run");
  return step;
}

describeWith(["cargo", "rustc"], "release-build-setup resolves the flags", () => {
  test("of the host by default, and the variables of the Dockerfile's stage", async () => {
    const step = await setUp({});
    expect(step.annotations).toEqual([]);
    expect(step).toMatchObject({ conclusion: "success", outputs: { rustflags: COMMON, notice: "" } });
    expect(JSON.parse(step.outputs["env"] ?? "")).toEqual({ RUSTFLAGS: COMMON, ...ANSWERS });
    expect(step.env).toMatchObject({ RUSTFLAGS: COMMON, ...ANSWERS });
    expect(step.env).not.toHaveProperty("DEBIAN_FRONTEND");
    expect(step.summary).toMatch(/\| `--cfg tokio_unstable` \| build.rustflags \(.*config.toml:5\) \| taken \|/);
  });

  test.each([
    ["from the input", { inputs: { targets: MUSL } }],
    ["from the job's matrix", { env: { TEST_MATRIX: `{"targets":["${MUSL}"],"runner":"ubuntu-24.04"}` } }],
  ])("of musl %s, with the flags that its table adds", async (_name, setup) => {
    expect((await setUp(setup)).outputs["rustflags"]).toBe(`${COMMON} -C link-self-contained=yes`);
  });

  test("without the excluded flags and with the added ones, and shows both", async () => {
    const inputs = {
      "rustflags-exclude": "--cfg=uuid_unstable\n-C force-unwind-tables",
      "rustflags-extra": "-Ctarget-cpu=haswell",
    };
    const step = await setUp({ inputs });
    expect(step.outputs["rustflags"]).toBe("--cfg tokio_unstable -Ctarget-cpu=haswell");
    expect(step.summary).toContain("dropped by --cfg=uuid_unstable");
    expect(step.summary).toContain("| `-Ctarget-cpu=haswell` | rustflags-extra | added |");
  });

  test("as cargo does when the workflow sets RUSTFLAGS, and warns", async () => {
    const step = await setUp({ env: { RUSTFLAGS: "-Dwarnings" } });
    expect(step.outputs["rustflags"]).toBe("-Dwarnings");
    expect(step.annotations).toEqual([
      { level: "warning", message: expect.stringContaining("cargo ignores the flags of the configuration files") },
    ]);
    expect(step.summary).toContain("overridden by RUSTFLAGS");
  });

  test("with those of another file added to the files that it finds", async () => {
    const change = write("ci/flags.toml", '[build]\nrustflags = ["-Dwarnings"]\n');
    const step = await setUp({ change, inputs: { "rustflags-from": "ci/flags.toml" } });
    expect(step.outputs["rustflags"]).toBe(`${COMMON} -Dwarnings`);
  });

  test("again when it is used twice in a job, and refuses other flags the second time", async () => {
    await inJob({}, async (job) => {
      const again = { inputs: FLAGS_ONLY };
      await job.step("release-build-setup", again);
      const second = await job.step("release-build-setup", again);
      expect(second).toMatchObject({ conclusion: "success", annotations: [], outputs: { rustflags: COMMON } });
      const third = await job.step("release-build-setup", { inputs: { ...FLAGS_ONLY, targets: MUSL } });
      expect(third.conclusion).toBe("failure");
      expect(third.annotations[0]?.message).toContain("an earlier step set this job up with other flags");
    });
  });

  test.each<[string, Setup, RegExp, place?: string]>([
    [
      "two targets whose flags differ",
      { inputs: { targets: `${HOST} ${MUSL}` } },
      /need different flags[\s\S]*gnu: -C force.*[\s\S]*musl: .*link-self-contained=yes/,
    ],
    [
      "a flag with a space",
      {
        change: replace(
          ".cargo/config.toml",
          '"--cfg", "uuid_unstable",\n    "--cfg", "tokio_unstable",\n]',
          '"-Clink-arg=a b"]',
        ),
      },
      /"-Clink-arg=a b" of .*config.toml:4 cannot be expressed in RUSTFLAGS/,
      ".cargo/config.toml:4",
    ],
    ["CARGO_ENCODED_RUSTFLAGS", { env: { CARGO_ENCODED_RUSTFLAGS: "-O" } }, /cargo reads it instead of RUSTFLAGS/],
    [
      "a target that rustc does not know",
      { inputs: { targets: "riscv128-unknown-none" } },
      /rustc cannot describe the target riscv128-unknown-none/,
    ],
    [
      "a configuration that includes itself",
      { change: write(".cargo/config.toml", 'include = ["config.toml"]\n') },
      /includes itself again/,
      ".cargo/config.toml:1",
    ],
    [
      "a broken configuration",
      { change: write(".cargo/config.toml", "[build\n") },
      /is not valid TOML/,
      ".cargo/config.toml:2",
    ],
    [
      "a configuration that is missing",
      { inputs: { "rustflags-from": "nope.toml" } },
      /`rustflags-from` is nope.toml, and there is no such file/,
    ],
    [
      "a toolchain that is not installed",
      // A version that never existed: rustup would fetch an existing one.
      { change: replace("rust-toolchain.toml", "1.95.0", "1.95.99") },
      /pins Rust 1.95.99, which does not start here[\s\S]*rustup toolchain install 1.95.99/,
      "rust-toolchain.toml:3",
    ],
    [
      "a stage that is missing",
      { inputs: { "dockerfile-stage": "bulider" } },
      /has no stage "bulider": it has base, builder, runtime/,
      "docker/Dockerfile:4",
    ],
    [
      "a Dockerfile that is missing",
      { inputs: { "env-from-dockerfile": "Dockerfile" } },
      /Dockerfile does not exist/,
      "Dockerfile",
    ],
    [
      "a broken Dockerfile that was named",
      {
        change: write("docker/debug.Dockerfile", "FROM x AS builder\nWORKDRI /\n"),
        inputs: { "env-from-dockerfile": "docker/debug.Dockerfile" },
      },
      /WORKDRI is not a Dockerfile instruction/,
      "docker/debug.Dockerfile:2",
    ],
    [
      "a variable without a value",
      {
        change: replace("docker/Dockerfile", "ac_cv_gssapi_supports_spnego yes", "ac_cv_gssapi_supports_spnego $NOPE"),
      },
      /ac_cv_gssapi_supports_spnego uses NOPE, which has no value/,
      "docker/Dockerfile:14",
    ],
    [
      "a line that is not a variable",
      { inputs: { "extra-env": "A=b\nnonsense" } },
      /"nonsense" in `extra-env` is not NAME=value/,
    ],
  ])("and refuses %s with one clear error", async (_name, setup, message, place = "") => {
    const step = await setUp(setup);
    expectOneError(step, message, place);
    expect(step.env).toEqual({});
  });
});

describeWith(["cargo", "cargo-hakari", "cargo-license", "just", "git"], "release-build-setup prepares a build", () => {
  test("makes the notice, switches hakari off until the job ends, and trusts the workspace in a container", async () => {
    await inJob({ env: { container: "docker" } }, async (job) => {
      const step = await job.step("release-build-setup");
      expect(step.annotations).toEqual([]);
      expect(step.outputs["notice"]).toBe(job.file("NOTICE"));
      expect(readFileSync(job.file("NOTICE"), "utf8")).toMatch(/^Beacon\nCopyright[\s\S]*tiny-log/);
      const hack = job.file("workspace-hack/Cargo.toml");
      expect(readFileSync(hack, "utf8")).toContain("Disabled by running");
      const config = readFileSync(path.join(path.dirname(job.workspace), "home/.gitconfig"), "utf8");
      expect(config).toContain(`directory = ${job.workspace}`);
      expect((await job.post()).map(({ conclusion }) => conclusion)).toEqual(["success"]);
      expect(readFileSync(hack, "utf8")).toContain("tiny-log = {");
    });
  });

  const inContainer = existsSync("/.dockerenv") || existsSync("/run/.containerenv");
  (inContainer ? test.skip : test)("leaves git alone outside of containers (skipped in one)", async () => {
    await inJob({}, async (job) => {
      await job.step("release-build-setup", { inputs: FLAGS_ONLY });
      expect(existsSync(path.join(path.dirname(job.workspace), "home/.gitconfig"))).toBe(false);
    });
  });

  test("exports what macOS needs on macOS, and does not install tools that exist", async () => {
    const step = await setUp({
      env: { RUNNER_OS: "macOS" },
      inputs: { "extra-env": "A=b=c", tools: "cargo-license, just" },
    });
    expect(step.env).toMatchObject({ MACOSX_DEPLOYMENT_TARGET: "10.14.0", CODESIGN_OPTIONS: "runtime", A: "b=c" });
    expect(step.log).toContain("just 1.59.0 from PATH");
    expect(step.log).toContain("cargo-license 0.7.0 from PATH");
    expect(step.path).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ["fails in the middle of a pipe (F101)", "echo Beacon > NOTICE; false | cat >> NOTICE", /failed with exit code 1/],
    ["leaves nothing", "true", /succeeded, but there is no .*NOTICE/],
    ["leaves an empty file", ": > NOTICE", /succeeded, but .*NOTICE is empty/],
    [
      "leaves only a header",
      "printf 'Beacon\\n(c) beacon-types\\n' > NOTICE",
      /names none of the 2 crates in Cargo.lock: it contains only its header/,
    ],
    [
      "needs a program that is missing (F99)",
      "cargo-licence > NOTICE",
      /failed with exit code 127[\s\S]*Name the missing program under `tools`/,
    ],
  ])("refuses a notice command that %s, and keeps the older notice", async (_name, command, message) => {
    await inJob({}, async (job) => {
      writeFileSync(job.file("NOTICE"), "the older one, with tiny-log\n");
      const step = await job.step("release-build-setup", { inputs: { hakari: "keep", "notice-command": command } });
      expect(step.conclusion).toBe("failure");
      expect(step.annotations[0]?.message).toMatch(message);
      expect(step.env).toEqual({});
      expect(readFileSync(job.file("NOTICE"), "utf8")).toBe("the older one, with tiny-log\n");
    });
  });

  test("puts hakari back when a later part of the step fails", async () => {
    await inJob({}, async (job) => {
      const step = await job.step("release-build-setup", { inputs: { "notice-command": "exit 3" } });
      expect(step.conclusion).toBe("failure");
      await job.post();
      expect(readFileSync(job.file("workspace-hack/Cargo.toml"), "utf8")).toContain("tiny-log = {");
    });
  });
});

describeWith(["cargo", "cargo-hakari", "cargo-license", "just"], "release-build-setup with mode: check", () => {
  test("names everything that differs from the sources, and changes nothing", async () => {
    await inJob({ env: { RUSTFLAGS: "-C force-unwind-tables", ac_cv_func_regcomp: "no" } }, async (job) => {
      const step = await job.step("release-build-setup", { inputs: { mode: "check" } });
      expect(step).toMatchObject({ conclusion: "failure", env: {}, outputs: { rustflags: COMMON, notice: "" } });
      expect(step.annotations.map(({ message }) => message)).toEqual([
        expect.stringContaining(`RUSTFLAGS is "-C force-unwind-tables", expected "${COMMON}" from the configuration`),
        'krb5_cv_attr_constructor_destructor is not set, expected "yes" from docker/Dockerfile:11',
        'ac_cv_func_regcomp is "no", expected "yes" from docker/Dockerfile:12',
        'ac_cv_printf_positional is not set, expected "yes" from docker/Dockerfile:13',
        'ac_cv_gssapi_supports_spnego is not set, expected "yes" from docker/Dockerfile:14',
        "hakari is on: the release would build features that only other crates need",
        expect.stringMatching(/^there is no .*NOTICE$/),
        expect.stringMatching(/^7 settings differ from the sources/),
      ]);
      expect(existsSync(job.file("NOTICE"))).toBe(false);
    });
  });

  test("passes after setup", async () => {
    await inJob({}, async (job) => {
      await job.step("release-build-setup");
      const step = await job.step("release-build-setup", { inputs: { mode: "check" } });
      expect(step).toMatchObject({ conclusion: "success", annotations: [] });
    });
  });
});

describe("the documented snippet", () => {
  test("uses only those fields of a step that cargo-dist keeps", () => {
    const readme = readFileSync(path.join(import.meta.dirname, "../../actions/release-build-setup/README.md"), "utf8");
    const [, snippet = ""] = /```yaml\n(- name: Set up[\s\S]*?)```/.exec(readme) ?? [];
    const keys = [...snippet.matchAll(/^[- ] (\S+):/gm)].map((match) => match[1]);
    expect(keys).toEqual(["name", "uses"]);
  });
});

describeWith(["cargo", "dist", "git"], "the real cargo-dist builds", () => {
  test("with the exported flags, which it would not take from the configuration file", async () => {
    await inJob({}, async (job) => {
      const step = await job.step("release-build-setup", { inputs: FLAGS_ONLY });
      const run = async (command: string, args: string[], env: Record<string, string> = {}): Promise<string> => {
        const { stdout, stderr } = await runCommand(command, args, {
          cwd: job.workspace,
          env: {
            ...process.env,
            ...{
              RUSTFLAGS: undefined,
              CARGO_TERM_VERBOSE: "true",
              CARGO_PROFILE_DIST_LTO: "off",
              CARGO_PROFILE_DIST_OPT_LEVEL: "0",
            },
            ...env,
          },
        });
        return stdout + stderr;
      };
      await run("git", ["init", "--quiet", "."]);
      await run("git", ["add", "."]);
      await run("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "x"]);
      const build = ["build", "--artifacts=local", `--target=${HOST}`];
      expect(await run("dist", build)).not.toContain("tokio_unstable");
      expect(await run("dist", build, { RUSTFLAGS: step.env["RUSTFLAGS"] ?? "" })).toMatch(
        /Running `.*rustc.* --cfg uuid_unstable --cfg tokio_unstable/,
      );
    });
  }, 120_000);
});
