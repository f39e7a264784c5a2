// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain expressions of workflows.
import { describe, expect, test } from "@jest/globals";
import { readJobs } from "../ci/read-jobs.ts";
import { describePlace } from "../testing/describe-place.ts";
import { MemoryRepository } from "../testing/memory-repository.ts";
import { ciPlaces } from "./ci-places.ts";

const CI = ".github/workflows/ci.yml";

/** The places of a file, without its name. */
const places = (text: string, file = CI): string[] =>
  ciPlaces(readJobs(new MemoryRepository({ [file]: text }))).map((place) =>
    describePlace(place).replace(`at ${file}:`, "at "),
  );

const COMMIT = "3d3c42e5aac5ba805825da76410c181273ba90b1";
const job = (...lines: string[]): string =>
  ["on: push", "jobs:", "  build:", "    runs-on: ubuntu-latest", ...lines.map((line) => `    ${line}`), ""].join("\n");
const step = (...lines: string[]): string => job("steps:", ...lines.map((line, at) => (at === 0 ? "- " : "  ") + line));

describe("variables", () => {
  test.each([
    "RUST_VERSION",
    "RUST_TOOLCHAIN",
    "RUSTC_VERSION",
    "rust_stable",
    "CI_RUST_CHANNEL",
    "rustup_toolchain_version",
    "DEFAULT_RUST_TOOLCHAIN",
    "rust_up_default_toolchain",
  ])("%s names a toolchain", (name) => {
    expect(places(job("env:", `  ${name}: 1.80.0`))).toEqual([
      "1.80.0 at 6: workflow toolchain, checks, yields to the file",
    ]);
  });

  test("RUSTUP_TOOLCHAIN overrides the toolchain file", () => {
    expect(places(`env:\n  RUSTUP_TOOLCHAIN: 1.80.0\n${job("steps: []")}`)).toEqual([
      "1.80.0 at 2: workflow toolchain, checks",
    ]);
  });

  test.each([
    "MSRV",
    "RUST_MSRV",
    "msrv_version",
    "MINIMUM_SUPPORTED_RUST_VERSION",
    "rust_min",
    "RUST_MIN_RUST_VERSION",
  ])("%s names the oldest supported Rust", (name) => {
    expect(places(step("run: x", "env:", `  ${name}: 1.70.0`))).toEqual([
      "1.70.0 at 8: workflow MSRV, checks, yields to the file, msrv",
    ]);
  });

  test.each(["TRUST_VERSION", "RUST_LOG", "RUST_BACKTRACE", "NODE_VERSION", "MY_MSRV_FILE"])(
    "%s does not name a Rust version",
    (name) => {
      expect(places(job("env:", `  ${name}: 1.80.0`))).toEqual([]);
    },
  );
});

describe("inputs of actions", () => {
  test.each(["toolchain", "rust-toolchain", "rust_toolchain", "rust-version", "rust_version", "rustc-version", "rust"])(
    "%s names a toolchain",
    (input) => {
      expect(places(step("uses: some/action@v1", "with:", `  ${input}: 1.80.0`))).toEqual([
        "1.80.0 at 8: workflow toolchain, checks, yields to the file",
      ]);
    },
  );

  test("`channel` is a toolchain only for setup-rust", () => {
    expect(places(step("uses: moonrepo/setup-rust@v1", "with:", "  channel: 1.80.0"))).toHaveLength(1);
    expect(places(step("uses: slackapi/slack@v1", "with:", "  channel: 1.80.0"))).toEqual([]);
  });

  test("setup-rust-toolchain overrides the file with its input", () => {
    const text = step("uses: actions-rust-lang/setup-rust-toolchain@v1", "with:", "  toolchain: 1.80.0");
    expect(places(text)).toEqual(["1.80.0 at 8: workflow toolchain, checks"]);
  });

  test.each([
    "obi1kenobi/cargo-semver-checks-action@v2",
    "EmbarkStudios/cargo-deny-action@v2",
    "rustsec/audit-check@v2",
  ])("%s installs the Rust that it needs", (uses) => {
    expect(places(step(`uses: ${uses}`, "with:", "  rust-toolchain: 1.80.0"))).toEqual([]);
  });

  test("an action whose name only ends with that of such a tool does not", () => {
    expect(places(step("uses: not-rustsec/audit-check@v2", "with:", "  rust-toolchain: 1.80.0"))).toHaveLength(1);
  });

  test("an empty toolchain means none", () => {
    expect(places(step("uses: some/action@v1", "with:", "  toolchain: ''"))).toEqual([]);
  });
});

describe("the ref of dtolnay/rust-toolchain", () => {
  test.each<[string, string[]]>([
    ["1.80.0", ["1.80.0 at 6: workflow toolchain, checks, yields to the file"]],
    ["stable", ["stable at 6: workflow toolchain, checks, yields to the file"]],
    [`${COMMIT} # 1.80.0`, ["1.80.0 at 6: workflow toolchain, checks, yields to the file"]],
    [`${COMMIT} # rust v1.80.0`, ["1.80.0 at 6: workflow toolchain, checks, yields to the file"]],
    [`${COMMIT} # stable, of last week`, ["stable at 6: workflow toolchain, checks, yields to the file"]],
    [`${COMMIT} # pinned`, []],
    [COMMIT, []],
    ["master", []],
    ["v1", []],
  ])("%s", (ref, expected) => {
    expect(places(step(`uses: dtolnay/rust-toolchain@${ref}`))).toEqual(expected);
  });

  test("is ignored when the toolchain is an input, or for another action", () => {
    const given = step("uses: dtolnay/rust-toolchain@1.70.0", "with:", "  toolchain: 1.80.0");
    expect(places(given)).toEqual(["1.80.0 at 8: workflow toolchain, checks, yields to the file"]);
    expect(places(step("uses: me/dtolnay/rust-toolchain@1.70.0"))).toEqual([]);
    expect(places(step("uses: actions/checkout@1.70.0"))).toEqual([]);
  });

  test("can be rewritten when it is the version, but not when it is a commit", () => {
    const site = (ref: string) => {
      const text = step(`uses: dtolnay/rust-toolchain@${ref}`);
      return ciPlaces(readJobs(new MemoryRepository({ [CI]: text })))[0]?.site;
    };
    expect(site("1.80.0")?.rewrite?.("1.81.0")).toMatchObject({ text: "dtolnay/rust-toolchain@1.81.0" });
    expect(site(`${COMMIT} # 1.80.0`)?.rewrite).toBeUndefined();
  });
});

describe("commands", () => {
  test.each<[string, string[]]>([
    ["rustup toolchain install 1.80.0", ["1.80.0 at 6: workflow command, checks, yields to the file"]],
    ["cargo +1.80.0 build", ["1.80.0 at 6: workflow command, checks"]],
    ["cargo +nightly fmt", ["nightly at 6: workflow command, checks, one of several"]],
    ["rustup default ${{ env.NODE }}", []],
    ["rustup default $NODE", []],
    ["rustup default none", []],
  ])("%s", (run, expected) => {
    expect(places(step(`run: ${run}`))).toEqual(expected);
  });

  test.each(["$WANTED", '"$WANTED"', "${WANTED}", "${{ env.WANTED }}", "${{env.WANTED}}"])(
    "resolve a variable to its place: %s",
    (word) => {
      const text = job("env:", "  WANTED: 1.80.0", "steps:", "- run: |", `    rustup default ${word}`);
      expect(places(text)).toEqual(["1.80.0 at 6: workflow command, checks, yields to the file"]);
    },
  );

  test("prefer the variable of the step to that of the job", () => {
    const env = ["env:", "  WANTED: 1.70.0", "steps:", "- run: cargo +$WANTED build", "  env:", "    WANTED: 1.80.0"];
    expect(places(job(...env))).toEqual(["1.80.0 at 10: workflow command, checks"]);
  });

  test("resolve an input and the matrix", () => {
    const inputs = "on: { workflow_dispatch: { inputs: { rust: { default: 1.80.0 } } } }";
    const text = step("run: rustup default ${{ inputs.rust }}").replace("on: push", inputs);
    expect(places(text)).toEqual(["1.80.0 at 1: workflow command, checks, yields to the file"]);
    const matrix = ["strategy:", "  matrix:", "    rust: [1.80.0]", "steps:", "- run: cargo +${{ matrix.rust }} build"];
    expect(places(job(...matrix))).toEqual(["1.80.0 at 7: workflow command, checks"]);
  });

  test("record the folder in which they run", () => {
    expect(places(step("run: cargo +1.80.0 build", "working-directory: ./crates/a/"))).toEqual([
      "1.80.0 at 6: workflow command, checks, in crates/a",
    ]);
  });
});

describe("the purpose of a place", () => {
  test("a matrix tests several releases, unless all its values are equal", () => {
    const matrix = (values: string): string =>
      job("strategy:", `  matrix: { rust: ${values} }`, "env:", "  RUST_VERSION: ${{ matrix.rust }}");
    expect(places(matrix("[1.80.0, stable]"))).toEqual([
      "1.80.0 at 6: workflow toolchain, checks, yields to the file, one of several",
      "stable at 6: workflow toolchain, checks, yields to the file, one of several",
    ]);
    expect(places(matrix("[1.80.0]"))).toEqual(["1.80.0 at 6: workflow toolchain, checks, yields to the file"]);
  });

  test.each(["msrv", "minimum-rust", "rust-version-check"])(
    "a job called %s is for the oldest supported Rust",
    (name) => {
      const text = step("run: cargo +1.70.0 check").replace("build:", `${name}:`);
      expect(places(text)).toEqual(["1.70.0 at 6: workflow command, checks, msrv"]);
    },
  );

  test("a step with such a name is also for the oldest supported Rust", () => {
    expect(places(step("run: cargo +1.70.0 check", "name: Oldest Rust"))).toEqual([
      "1.70.0 at 6: workflow command, checks, msrv",
    ]);
  });

  test("a line that a check and a release use counts once, for the release", () => {
    const jobs = ["test", "dist"].map((id) => `  ${id}:\n    steps:\n      - run: cargo build\n`).join("");
    const text = `name: Release\non: push\nenv:\n  RUST_VERSION: 1.80.0\njobs:\n${jobs}`;
    expect(places(text)).toEqual(["1.80.0 at 4: workflow toolchain, ships, yields to the file"]);
    const turned = `name: Release\non: push\nenv:\n  RUST_VERSION: 1.80.0\njobs:\n${jobs.replace("test", "x").replace("dist", "test")}`;
    expect(places(turned)).toEqual(["1.80.0 at 4: workflow toolchain, ships, yields to the file"]);
  });

  test("two places in one line count separately", () => {
    expect(places(step("run: cargo +1.80.0 build && cargo +1.81.0 build"))).toEqual([
      "1.80.0 at 6: workflow command, checks",
      "1.81.0 at 6: workflow command, checks",
    ]);
  });
});
