// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain expressions of workflows.
import { describe, expect, test } from "@jest/globals";
import { checkFiles } from "../testing/check-files.ts";

const CONFIG = '[build]\nrustflags = ["--cfg", "tokio_unstable"]\n';
const LINUX = "[target.x86_64-unknown-linux-gnu]\nrustflags = ['-Clink-arg=-s']\n";
const MUSL =
  "[target.'cfg(target_env = \"musl\")']\nrustflags = '-C target-feature=+crt-static  -C relocation-model=static'\n";

const job = (name: string, ...lines: string[]) => ({
  [`.github/workflows/${name}.yml`]: ["on: push", "jobs:", "  a:", ...lines.map((line) => `    ${line}`), ""].join(
    "\n",
  ),
});
const build = (flags: string, name = "release", runner = "ubuntu-24.04") =>
  job(name, `runs-on: ${runner}`, `env: { RUSTFLAGS: "${flags}" }`, "steps: [{ run: cargo build --release }]");
const step = (...lines: string[]) =>
  job(
    "release",
    "runs-on: ubuntu-24.04",
    "steps:",
    "- run: cargo build",
    ...lines.map((line, at) => (at === 0 ? "- " : "  ") + line),
  );

const checked = async (config: string, files: Readonly<Record<string, string>>) =>
  await checkFiles({ ".cargo/config.toml": config, ...files });

const HIDES = "hides --cfg=tokio_unstable of [build] at .cargo/config.toml:2: cargo reads one of the two";

describe("a variable hides the flags of the configuration file", () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      "in a job that ships",
      build("-Dwarnings"),
      [`error .github/workflows/release.yml:5: RUSTFLAGS "-Dwarnings" ${HIDES}`],
    ],
    ["in a check", build("-Dwarnings", "ci"), [`warning .github/workflows/ci.yml:5: RUSTFLAGS "-Dwarnings" ${HIDES}`]],
    ["when it is empty", build(""), [`error .github/workflows/release.yml:5: RUSTFLAGS "" ${HIDES}`]],
    ["unless it repeats them", build("-Dwarnings --cfg=tokio_unstable"), []],
    ["unless an expression sets it", build("${{ env.FLAGS }}"), []],
    [
      "of a step",
      step("run: cargo build", "env: { RUSTFLAGS: -Dwarnings }"),
      [`error .github/workflows/release.yml:8: RUSTFLAGS "-Dwarnings" ${HIDES}`],
    ],
    [
      "of a command",
      step("run: RUSTFLAGS=-Dwarnings cargo build"),
      [`error .github/workflows/release.yml:7: RUSTFLAGS "-Dwarnings" ${HIDES}`],
    ],
    [
      "that a script exports",
      step("run: export RUSTFLAGS='-C debuginfo=1'"),
      [`error .github/workflows/release.yml:7: RUSTFLAGS "-C debuginfo=1" ${HIDES}`],
    ],
    [
      "that a script passes to later steps",
      step('run: echo "RUSTFLAGS=-Dwarnings" >> "$GITHUB_ENV"'),
      [`error .github/workflows/release.yml:7: RUSTFLAGS "-Dwarnings" ${HIDES}`],
    ],
    ["unless it extends an earlier value", step('run: RUSTFLAGS="$RUSTFLAGS -Dwarnings" cargo build'), []],
    ["unless it is for a tool that is installed", step("run: RUSTFLAGS=-Dwarnings cargo install cargo-deny"), []],
    ["unless it is for documentation", step("run: RUSTFLAGS=-Dwarnings cargo doc"), []],
    ["unless it has another name", step("run: CARGO_BUILD_RUSTFLAGS_OLD=-Dwarnings cargo build"), []],
  ])("%s", async (_name, files, expected) => {
    expect((await checked(CONFIG, files)).findings).toEqual(expected);
  });

  test("that an action sets implicitly", async () => {
    const uses = "uses: actions-rust-lang/setup-rust-toolchain@v1";
    const name = "actions-rust-lang/setup-rust-toolchain";
    expect((await checked(CONFIG, step(uses))).findings).toEqual([
      `error .github/workflows/release.yml:7: ${name} sets RUSTFLAGS to "-D warnings" by itself (\`rustflags: ""\` leaves it alone) and ${HIDES}`,
    ]);
    expect((await checked(CONFIG, step(uses, 'with: { rustflags: "-C debuginfo=1" }'))).findings).toEqual([
      `error .github/workflows/release.yml:8: ${name} sets RUSTFLAGS to "-C debuginfo=1" and ${HIDES}`,
    ]);
    for (const left of ['with: { rustflags: "" }', 'with: { rustflags: "${{ inputs.x }}" }'])
      expect((await checked(CONFIG, step(uses, left))).findings).toEqual([]);
    for (const other of ["dtolnay/rust-toolchain@stable", "me/actions-rust-lang/setup-rust-toolchain@v1"])
      expect((await checked(CONFIG, step(`uses: ${other}`))).findings).toEqual([]);
  });

  test.each<[string, string, string[]]>([
    [
      "an ENV",
      "FROM debian:12\nENV RUSTFLAGS=-Dwarnings\nRUN cargo build\n",
      [`error Dockerfile:2: RUSTFLAGS "-Dwarnings" ${HIDES}`],
    ],
    [
      "an ARG of a stage, once although another one extends it",
      "FROM debian:12 AS a\nARG RUSTFLAGS=-Dwarnings\nFROM a\nRUN cargo build\n",
      [`error Dockerfile:2: RUSTFLAGS "-Dwarnings" ${HIDES}`],
    ],
    [
      "an ENV that another stage inherits, once",
      "FROM debian:12 AS a\nENV RUSTFLAGS=-Dwarnings\nFROM a\nRUN cargo build\n",
      [`error Dockerfile:2: RUSTFLAGS "-Dwarnings" ${HIDES}`],
    ],
    [
      "a command",
      "FROM debian:12\nRUN RUSTFLAGS=-Dwarnings cargo build\n",
      [`error Dockerfile:2: RUSTFLAGS "-Dwarnings" ${HIDES}`],
    ],
    ["an ARG without a value", "FROM debian:12\nARG FLAGS\nENV RUSTFLAGS=$FLAGS\nRUN cargo build\n", []],
  ])("of a Dockerfile: %s", async (_name, text, expected) => {
    expect((await checked(CONFIG, { Dockerfile: text })).findings).toEqual(expected);
  });

  test("and a fix adds them in the configuration's spelling", async () => {
    const { fixed } = await checked(CONFIG, build("-Dwarnings"));
    expect(fixed[".github/workflows/release.yml"]).toContain('RUSTFLAGS: "-Dwarnings --cfg tokio_unstable"');
    expect((await checked(CONFIG, build(""))).fixed[".github/workflows/release.yml"]).toContain(
      'RUSTFLAGS: "--cfg tokio_unstable"',
    );
  });
});

describe("flags of a target", () => {
  test("are hidden only where that target is built", async () => {
    expect((await checked(LINUX, build("-Dwarnings"))).findings).toEqual([
      `warning .github/workflows/release.yml:5: RUSTFLAGS "-Dwarnings" hides -Clink-arg=-s of [target.x86_64-unknown-linux-gnu] at .cargo/config.toml:2: cargo reads one of the two`,
    ]);
    expect((await checked(LINUX, build("-Dwarnings", "release", "macos-15"))).findings).toEqual([]);
    expect((await checked(MUSL, build("-Dwarnings"))).findings).toEqual([]);
  });

  test("are hidden when a script or the matrix names the target", async () => {
    const musl = [
      step("run: cargo build --target x86_64-unknown-linux-musl", "env: { RUSTFLAGS: -Dwarnings }"),
      job(
        "release",
        "runs-on: macos-15",
        "strategy: { matrix: { target: [x86_64-unknown-linux-musl] } }",
        "env: { RUSTFLAGS: -Dwarnings }",
        "steps: [{ run: cargo build }]",
      ),
      job(
        "release",
        "runs-on: macos-15",
        "env: { RUSTFLAGS: -Dwarnings }",
        "steps: [{ run: cargo build }, { uses: a/b@v1, with: { target: x86_64-unknown-linux-musl } }]",
      ),
    ];
    for (const files of musl) {
      expect((await checked(MUSL, files)).findings).toEqual([
        expect.stringMatching(
          /hides -Ctarget-feature=\+crt-static -Crelocation-model=static of \[target\.'cfg\(target_env = "musl"\)'\] at .cargo\/config.toml:2: cargo/,
        ),
      ]);
    }
  });

  test("are hidden on the runners that the matrix names", async () => {
    const matrix = (axis: string) =>
      job(
        "release",
        `runs-on: \${{ matrix.${axis} }}`,
        `strategy: { matrix: { ${axis}: [macos-15, windows-2025] } }`,
        "env: { RUSTFLAGS: -Dwarnings }",
        "steps: [{ run: cargo build }]",
      );
    const config = "[target.'cfg(windows)']\nrustflags = ['-Ctarget-feature=+crt-static']\n";
    for (const axis of ["os", "runner", "platform"])
      expect((await checked(config, matrix(axis))).findings).toHaveLength(1);
    expect((await checked(config, matrix("color"))).findings).toEqual([]);
    expect((await checked(LINUX, matrix("os"))).findings).toEqual([]);
  });

  test("are not hidden in a step for another system", async () => {
    const flags = (condition: string) => step("run: cargo build", `if: ${condition}`, "env: { RUSTFLAGS: -Dwarnings }");
    expect((await checked(LINUX, flags("runner.os == 'Linux'"))).findings).toHaveLength(1);
    expect((await checked(LINUX, flags("runner.os == 'Windows'"))).findings).toEqual([]);
  });

  test("are hidden by a composite action, which may run on every system", async () => {
    const text =
      "runs:\n  using: composite\n  steps:\n    - run: RUSTFLAGS=-Dwarnings cargo build\n      shell: bash\n";
    const config = "[target.'cfg(windows)']\nrustflags = ['-Ctarget-feature=+crt-static']\n";
    expect((await checked(config, { "action.yml": text })).findings).toHaveLength(1);
  });

  test("are reported separately from those of [build], which do not apply to a target with its own flags", async () => {
    const { findings, facts } = await checked(CONFIG + LINUX + MUSL, build("-Dwarnings"));
    expect(findings).toEqual([
      expect.stringMatching(
        /^warning .* hides -Clink-arg=-s of \[target.x86_64-unknown-linux-gnu\] at .cargo.config.toml:4: cargo/,
      ),
    ]);
    expect(facts).toMatchObject({
      "config rustflags": ["--cfg tokio_unstable at .cargo/config.toml:2"],
      "flags of x86_64-unknown-linux-gnu": ["-Clink-arg=-s at .cargo/config.toml:4"],
      RUSTFLAGS: ["-Dwarnings at .github/workflows/release.yml:5"],
    });
    const both = job(
      "release",
      "runs-on: ubuntu-24.04",
      "env: { RUSTFLAGS: -Dwarnings }",
      "steps: [{ run: cargo build --target aarch64-apple-darwin }]",
    );
    expect((await checked(CONFIG + LINUX, both)).findings).toEqual([
      'error .github/workflows/release.yml:5: RUSTFLAGS "-Dwarnings" hides --cfg=tokio_unstable of [build] at .cargo/config.toml:2, and hides -Clink-arg=-s of [target.x86_64-unknown-linux-gnu] at .cargo/config.toml:4: cargo reads one of the two',
    ]);
  });
});

test("reports a flag of both [build] and a target once", async () => {
  const config = `${CONFIG}[target.'cfg(unix)']\nrustflags = ["--cfg", "tokio_unstable", "-Clink-arg=-s"]\n`;
  const text = step("run: cargo build --target x86_64-pc-windows-msvc", "env: { RUSTFLAGS: -Dwarnings }");
  expect((await checked(config, text)).findings).toEqual([
    expect.stringMatching(/hides --cfg=tokio_unstable of \[build\] at .{18}:2, and hides -Clink-arg=-s of \[target/),
  ]);
});

test("selects flags of [build] or of a target with `only`", async () => {
  const only = async (config: string, name: string) =>
    (await checkFiles({ ".cargo/config.toml": config, ...build("-Dwarnings") }, { only: [name] })).findings;
  expect(await only(CONFIG, "config rustflags")).toHaveLength(1);
  expect(await only(LINUX, "flags of x86_64-unknown-linux-gnu")).toHaveLength(1);
  expect(await only(LINUX + CONFIG, "config rustflags")).toEqual([]);
  expect(await only(CONFIG, "RUSTFLAGS")).toHaveLength(1);
  expect(await only(CONFIG, "flags")).toHaveLength(1);
  expect(await only(CONFIG, "images")).toEqual([]);
});

test("counts a line of the workflow's env once, for the job that ships and the targets of all jobs", async () => {
  const files = {
    ".github/workflows/release.yml":
      "on: push\nenv:\n  RUSTFLAGS: -Dwarnings\njobs:\n  test:\n    runs-on: windows-2025\n    steps: [{ run: cargo build }]\n  dist:\n    runs-on: macos-15\n    steps: [{ run: cargo build }]\n",
  };
  expect((await checked(CONFIG, files)).findings).toEqual([
    `error .github/workflows/release.yml:3: RUSTFLAGS "-Dwarnings" ${HIDES}`,
  ]);
  const config = "[target.'cfg(windows)']\nrustflags = ['-Ctarget-feature=+crt-static']\n";
  expect((await checked(config, files)).findings).toHaveLength(1);
});

test("reads cargo-dist's setup as a build for its targets, and accepts one that uses release-build-setup", async () => {
  const dist = (targets: string) => `[dist]\ngithub-build-setup = "../dist/setup.yml"\ntargets = ["${targets}"]\n`;
  const setup = '- run: echo "RUSTFLAGS=-Dwarnings" >> "$GITHUB_ENV"\n';
  const files = (targets: string) => ({
    "dist-workspace.toml": dist(targets),
    ".github/workflows/../dist/setup.yml": setup,
  });
  // A setup file outside of the workflows' folder is not read as a job.
  expect((await checked(MUSL, files("x86_64-unknown-linux-musl"))).findings).toEqual([]);
  const inside = (targets: string, text = setup) => ({
    "dist-workspace.toml": dist(targets).replace("../dist/", "./"),
    ".github/workflows/setup.yml": text,
  });
  const { findings, facts } = await checked(MUSL, inside("x86_64-unknown-linux-musl"));
  expect(findings).toEqual([
    expect.stringMatching(/^warning .github.workflows.setup.yml:1: RUSTFLAGS "-Dwarnings" hides/),
  ]);
  expect(facts["release RUSTFLAGS"]).toEqual(["-Dwarnings at .github/workflows/setup.yml:1"]);
  expect((await checked(MUSL, inside("x86_64-unknown-linux-gnu"))).findings).toEqual([]);
  for (const ref of ["@v1", ""]) {
    const derived = `${setup}- uses: org/actions/release-build-setup${ref}\n`;
    expect((await checked(MUSL, inside("x86_64-unknown-linux-musl", derived))).findings).toEqual([]);
  }
});

test.each([
  ["no flags", "[build]\njobs = 4\n"],
  ["an empty list", "[build]\nrustflags = []\n"],
  ["a number", "[build]\nrustflags = 3\n"],
])("finds nothing hidden with %s in the configuration", async (_name, config) => {
  expect(await checked(config, build("-Dwarnings"))).toMatchObject({ findings: [], fixed: {} });
});

test("reads the older name of the file first", async () => {
  const files = { ".cargo/config": CONFIG, ...build("-Dwarnings") };
  expect((await checked("[build]\n", files)).findings).toEqual([
    `error .github/workflows/release.yml:5: RUSTFLAGS "-Dwarnings" ${HIDES.replace(".toml", "")}`,
  ]);
});
