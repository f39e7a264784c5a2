// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain expressions of workflows.
import { describe, expect, test } from "@jest/globals";
import { checkFiles } from "../testing/check-files.ts";

const TOOLS = "ghcr.io/o/dev-tools";
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const docker = (image: string, file = "Dockerfile", run = "cargo build") => ({ [file]: `FROM ${image}\nRUN ${run}\n` });
const just = (image: string) => ({ justfile: `build:\n    docker run ${image} cargo build\n` });
const job = (container: string, file = "ci.yml", id = "test", run = "cargo test") => ({
  [`.github/workflows/${file}`]: `on: push\njobs:\n  ${id}:\n    container: ${container}\n    steps:\n      - run: ${run}\n`,
});
const dist = (container: string) => ({
  "dist-workspace.toml": `[dist.github-custom-runners]\nglobal = "ubuntu-24.04"\nx86_64-unknown-linux-gnu = { runner = "x", container = ${container} }\n`,
});
const found = async (...files: readonly Readonly<Record<string, string>>[]) =>
  (await checkFiles(Object.assign({}, ...files))).findings;

describe("places of images include", () => {
  const LEADER = docker(`${TOOLS}:1.2.0`);
  const OLD = `${TOOLS}:1.1.0`;

  test.each<[string, Record<string, string>, string]>([
    ["a Dockerfile", docker(OLD, "b/Dockerfile"), "b/Dockerfile:1"],
    ["COPY --from", { "b/Dockerfile": `FROM scratch\nCOPY --from=${OLD} /a /b\n` }, "b/Dockerfile:2"],
    ["a task", just(OLD), "justfile:2"],
    ["a task, quoted", { Makefile: `IMAGE := "${OLD}"\n` }, "Makefile:1"],
    ["a task with a shebang", { justfile: `#!${OLD}\n` }, "justfile:1"],
    ["a container of a job", job(OLD), ".github/workflows/ci.yml:4"],
    ["a container with options", job(`{ image: "${OLD}", options: --init }`), ".github/workflows/ci.yml:4"],
    ["cargo-dist", dist(`"${OLD}"`), "dist-workspace.toml:3"],
    ["cargo-dist, with a host", dist(`{ image = "${OLD}", host = "x" }`), "dist-workspace.toml:3"],
  ])("%s", async (_name, files, place) => {
    expect(await found(LEADER, files)).toEqual([`error ${place}: "1.1.0" here, "1.2.0" at Dockerfile:1`]);
  });

  test.each<[string, Record<string, string>]>([
    ["a comment of a task", { justfile: `# docker run ${OLD}\n` }],
    ["an indented comment of a task", { justfile: `build:\n    # docker run ${OLD}\n` }],
    ["a URL", { justfile: `build:\n    curl https://${OLD}\n` }],
    ["an image without tag or digest", { justfile: `build:\n    docker run ${TOOLS}\n` }],
    [
      "a service of a test",
      { ".github/workflows/x.yml": `on: push\njobs:\n  a:\n    services: { db: { image: "${OLD}" } }\n` },
    ],
    ["a name from a variable", job("${{ matrix.image }}")],
    [
      "an `env` key of the same name",
      { ".github/workflows/x.yml": `on: push\nenv: { image: "${OLD}" }\njobs:\n  container: { image: "${OLD}" }\n` },
    ],
    ["a pipeline of another service", { ".gitlab-ci.yml": `image: ${OLD}\n` }],
    ["a compose file", { "compose.yaml": `services: { a: { image: "${OLD}" } }\n` }],
    ["a test", docker(OLD, "tests/Dockerfile")],
  ])("but not: %s", async (_name, files) => {
    expect(await found(LEADER, files)).toEqual([]);
  });

  test("a command with a comment after it", async () => {
    expect(await found(LEADER, { justfile: `build:\n    docker run ${OLD} # old\n` })).toHaveLength(1);
  });
});

describe("pipelines of other services name the Rust for their tests with", () => {
  test.each<[string, Record<string, string>, string]>([
    ["an image", { ".gitlab-ci.yml": "test:\n  image: rust:1.90.0\n" }, ".gitlab-ci.yml:2"],
    ["an image with a name", { ".gitlab-ci.yml": "test:\n  image:\n    name: rust:1.90.0\n" }, ".gitlab-ci.yml:3"],
    [
      "a service of a job",
      { ".github/workflows/x.yml": "on: push\njobs:\n  a:\n    services:\n      r: { image: 'rust:1.90.0' }\n" },
      ".github/workflows/x.yml:5",
    ],
  ])("%s", async (_name, files, place) => {
    const toolchain = { "rust-toolchain": "1.95.0\n" };
    expect(await found(toolchain, files)).toEqual([`warning ${place}: "1.90.0" here, "1.95.0" at rust-toolchain:1`]);
  });

  test.each<[string, Record<string, string>]>([
    ["a variable", { ".gitlab-ci.yml": "test:\n  image: rust:1.90.0$SUFFIX\n" }],
    ["the name of something else", { ".gitlab-ci.yml": "test:\n  name: rust:1.90.0\n" }],
    ["an example", { "examples/.gitlab-ci.yml": "test:\n  image: rust:1.90.0\n" }],
  ])("but not: %s", async (_name, files) => {
    expect(await found({ "rust-toolchain": "1.95.0\n" }, files)).toEqual([]);
  });
});

describe("one image in several places", () => {
  test("must have the newest version, and a fix keeps the format of the tag", async () => {
    const files = { ...docker(`${TOOLS}:v1.2.0-slim`), ...just(`${TOOLS}:v1.10.0-slim`), ...job(`${TOOLS}:1.9`) };
    const { findings, fixed, facts } = await checkFiles(files);
    expect(findings).toEqual([
      'error .github/workflows/ci.yml:4: "1.9" here, "1.10.0" at justfile:2',
      'error Dockerfile:1: "1.2.0" here, "1.10.0" at justfile:2',
    ]);
    expect(fixed).toEqual({ ...docker(`${TOOLS}:v1.10.0-slim`), ...job(`${TOOLS}:1.10`) });
    expect(facts[`image ${TOOLS}`]).toEqual([
      "1.10.0 at justfile:2",
      "1.9 at .github/workflows/ci.yml:4",
      "1.2.0 at Dockerfile:1",
    ]);
  });

  test("may lack a tag in one place, which is an error", async () => {
    const { findings, fixed } = await checkFiles({ ...docker(TOOLS), ...just(`${TOOLS}:1.2.0`) });
    expect(findings).toEqual(['error Dockerfile:1: "latest" here, "1.2.0" at justfile:2']);
    expect(fixed).toEqual(docker(`${TOOLS}:1.2.0`));
  });

  test("may have a floating tag in one place, which is an error", async () => {
    const { findings, fixed } = await checkFiles({ ...docker(`${TOOLS}:main`), ...just(`${TOOLS}:1.2.0`) });
    expect(findings).toEqual(['error Dockerfile:1: "main" here, "1.2.0" at justfile:2']);
    expect(fixed).toEqual(docker(`${TOOLS}:1.2.0`));
  });

  test("without any version only causes warnings about floating tags", async () => {
    expect(await found(docker(`${TOOLS}:main`), just(`${TOOLS}:edge`), job(`${TOOLS}:bookworm`))).toEqual([
      'warning Dockerfile:1: "ghcr.io/o/dev-tools:main" is not pinned: the tag main moves',
      'warning justfile:2: "ghcr.io/o/dev-tools:edge" is not pinned: the tag edge moves',
    ]);
  });

  test("with a floating tag where nothing is shipped causes a warning", async () => {
    const leader = docker(`${TOOLS}:1.2.0`);
    expect(await found(leader, just(`${TOOLS}:latest`))).toEqual([
      'warning justfile:2: "latest" here, "1.2.0" at Dockerfile:1',
    ]);
    expect(await found(leader, job(`${TOOLS}:latest`, "release.yml", "build", "cargo build"))).toEqual([
      'error .github/workflows/release.yml:4: "latest" here, "1.2.0" at Dockerfile:1',
    ]);
  });

  test("may intentionally have several versions in one file", async () => {
    const text = ["1.1.0", "1.2.0", "1.3.0"].map((version) => `FROM ${TOOLS}:${version}\nRUN cargo build\n`).join("");
    expect(await found({ Dockerfile: text })).toEqual([
      'warning Dockerfile:3: "1.2.0" here, "1.3.0" at Dockerfile:5',
      'warning Dockerfile:1: "1.1.0" here, "1.3.0" at Dockerfile:5',
    ]);
    const two = text.slice(text.indexOf("\nFROM") + 1);
    expect(await found({ Dockerfile: two.slice(two.indexOf("FROM")) })).toEqual([expect.stringMatching(/^error/)]);
    expect(await found({ "ci/Dockerfile": two })).toEqual([expect.stringMatching(/^warning/)]);
  });

  test("that is only a base image causes a warning, unless Rust is built in it", async () => {
    const base = (name: string, run: string) =>
      found(
        docker(`ghcr.io/o/${name}:1.1.0`, "a/Dockerfile", run),
        docker(`ghcr.io/o/${name}:1.2.0`, "b/Dockerfile", run),
      );
    expect(await base("base", "true")).toEqual([expect.stringMatching(/^warning a.Dockerfile/)]);
    for (const run of ["cargo build", "just dist", "make", "rustup show", "cross build"])
      expect(await base("base", run)).toEqual([expect.stringMatching(/^error a.Dockerfile/)]);
    expect(await base("base", "echo justice")).toEqual([expect.stringMatching(/^warning/)]);
    for (const name of ["my-rust", "builder", "build-env"])
      expect(await base(name, "true")).toEqual([expect.stringMatching(/^error/)]);
  });

  test("counts as an image in which Rust is built when a later stage builds it", async () => {
    const text = (version: string) => `FROM ghcr.io/o/base:${version} AS a\nFROM a AS b\nFROM b\nRUN cargo build\n`;
    expect(await found({ "a/Dockerfile": text("1.1.0"), "b/Dockerfile": text("1.2.0") })).toEqual([
      expect.stringMatching(/^error a.Dockerfile:1/),
    ]);
  });

  test("may differ if it is an official image", async () => {
    expect(await found(docker("debian:12.1"), just("docker.io/library/debian:12.2"))).toEqual([]);
  });
});

describe("digests", () => {
  const pinned = (version: string, digit: string): string => `${TOOLS}:${version}@${digest(digit)}`;

  test("of one tag must be equal", async () => {
    const { findings, fixed } = await checkFiles({ ...docker(pinned("1.2.0", "a")), ...just(pinned("1.2.0", "b")) });
    expect(findings).toEqual([`error justfile:2: "${digest("b")}" here, "${digest("a")}" at Dockerfile:1`]);
    expect(fixed).toEqual(just(pinned("1.2.0", "a")));
  });

  test("of an older tag are updated with it from the registry", async () => {
    const files = { ...docker(`${TOOLS}:1.2.0`), ...just(pinned("1.1.0", "a")) };
    const asked: string[] = [];
    const imageDigest = async (image: string): Promise<string> => {
      asked.push(image);
      return digest("c");
    };
    expect((await checkFiles(files, { imageDigest })).fixed).toEqual(just(pinned("1.2.0", "c")));
    expect(asked).toEqual([`${TOOLS}:1.2.0`]);
    expect((await checkFiles(files)).fixed).toEqual({});
  });

  test("without a tag are compared with that of the newest tag", async () => {
    const alone = just(`${TOOLS}@${digest("a")}`);
    const files = { ...docker(`${TOOLS}:1.2.0`), ...alone };
    expect((await checkFiles(files)).findings).toEqual([]);
    const { findings, fixed } = await checkFiles(files, { imageDigest: async () => digest("b") });
    expect(findings).toEqual([`error justfile:2: "${digest("a")}" here, "${digest("b")}" at Dockerfile:1`]);
    expect(fixed).toEqual(just(`${TOOLS}@${digest("b")}`));
    expect((await checkFiles({ ...docker(pinned("1.2.0", "b")), ...alone })).fixed).toEqual(
      just(`${TOOLS}@${digest("b")}`),
    );
    expect(await found(docker(`${TOOLS}@${digest("b")}`), alone)).toHaveLength(1);
  });
});

describe("the Rust inside an image from another repository", () => {
  const RUST = { "rust-toolchain": "1.95.0\n" };
  const UNKNOWN = "builds run in an image whose Rust version its registry does not reveal, expected 1.95.0";

  test.each<[string, Record<string, string>, string[]]>([
    ["a Dockerfile that builds in it", docker(`${TOOLS}:1`), []],
    ["a task", just(`${TOOLS}:1.0`), [`${UNKNOWN}: ${TOOLS}:1.0 (justfile:2)`]],
    ["a task whose image has another name", just("ghcr.io/o/postgres:1.0"), []],
    [
      "cargo-dist, with any image name",
      dist('"ghcr.io/o/x:1.0"'),
      [`${UNKNOWN}: ghcr.io/o/x:1.0 (dist-workspace.toml:3)`],
    ],
    ["a check", job("ghcr.io/o/x:1.0"), []],
    [
      "a job that ships",
      job("ghcr.io/o/x:1.0", "release.yml", "build", "cargo build"),
      [`${UNKNOWN}: ghcr.io/o/x:1.0 (.github/workflows/release.yml:4)`],
    ],
    ["a pipeline of another service", { ".gitlab-ci.yml": `image: ${TOOLS}:1.0\n` }, []],
    ["a container of cargo-dist without an image", dist('{ host = "x" }'), []],
    ["an official image", job("debian:12", "release.yml", "build", "cargo build"), []],
  ])("is checked in places where it matters: %s", async (_name, files, expected) => {
    expect((await checkFiles({ ...RUST, ...files })).elsewhere).toEqual(expected);
  });

  test("is reported when it differs", async () => {
    const files = { ...RUST, ...just(`${TOOLS}:1.0`), ...dist('"ghcr.io/o/x:1.0"'), ...job("ghcr.io/o/builder:2.0") };
    const inspectImage = async (image: string) => (image === `${TOOLS}:1.0` ? "1.94.0" : undefined);
    const { findings, elsewhere, facts } = await checkFiles(files, { inspectImage });
    expect(elsewhere).toEqual([
      `${TOOLS}:1.0 (justfile:2) is built in another repository: it contains Rust 1.94.0, expected 1.95.0`,
      `builds run in 2 images whose Rust versions their registries do not reveal, expected 1.95.0: ghcr.io/o/x:1.0 (dist-workspace.toml:3), ghcr.io/o/builder:2.0 (.github/workflows/ci.yml:4)`,
    ]);
    expect(findings).toEqual(['error justfile:2: "1.94.0" here, "1.95.0" at rust-toolchain:1']);
    expect(facts["rust inside image"]).toEqual(["1.94.0 at justfile:2"]);
    const same = await checkFiles({ ...RUST, ...just(`${TOOLS}:1.0`) }, { inspectImage: async () => "1.95" });
    expect([same.elsewhere, same.findings]).toEqual([[], []]);
  });

  test("is not checked with a floating toolchain", async () => {
    expect((await checkFiles({ "rust-toolchain": "stable\n", ...just(`${TOOLS}:1.0`) })).elsewhere).toEqual([]);
  });
});

describe("images whose name contains a Rust version", () => {
  test.each<[string, string[]]>([
    ["rust:1.90.0-slim", ['error Dockerfile:1: "1.90.0" here, "1.95.0" at rust-toolchain:1']],
    [
      "lukemathwalker/cargo-chef:latest-rust-1.90.0",
      ['error Dockerfile:1: "1.90.0" here, "1.95.0" at rust-toolchain:1'],
    ],
    ["ghcr.io/o/tools:rust-2.1", []],
    ["localhost:5000/rust:1.90", ['error Dockerfile:1: "1.90" here, "1.95.0" at rust-toolchain:1']],
  ])("%s", async (image, expected) => {
    expect(await found({ "rust-toolchain": "1.95.0\n" }, docker(image))).toEqual(expected);
  });

  test("follow the toolchain file of their folder, and in workflows that of the root", async () => {
    const files = { "rust-toolchain": "1.95.0\n", "a/rust-toolchain": "1.90.0\n" };
    expect(await found(files, docker("rust:1.90.0", "a/b/Dockerfile"))).toEqual([]);
    expect(await found({ ".github/rust-toolchain": "1.90.0\n", ...files }, job("rust:1.90.0"))).toHaveLength(1);
  });
});
