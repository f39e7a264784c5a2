// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain expressions of workflows.
import { describe, expect, test } from "@jest/globals";
import { Product } from "@release-actions/example-product";
import { type CheckOptions, checkPins } from "./check.ts";
import { placeOf } from "./fact.ts";
import { describeRepair, planFix, writeFix } from "./fix.ts";
import { NO_HISTORY } from "./locate/history.ts";
import { Repository } from "./locate/repository.ts";

type Change = (product: Product) => void;

const edit =
  (file: string, before: string, after: string): Change =>
  (product) =>
    product.replace(file, before, after);
const all =
  (...changes: Change[]): Change =>
  (product) => {
    for (const change of changes) change(product);
  };

async function check(product: Product, options: Partial<CheckOptions> = {}) {
  const repository = new Repository(product.root);
  const defaults = {
    config: undefined,
    tag: undefined,
    only: [],
    inspectImage: async () => undefined,
    imageDigest: async () => undefined,
    history: NO_HISTORY,
    today: "2026-11-20",
  };
  return { repository, ...(await checkPins({ ...defaults, ...options, repository })) };
}

/** A made-up digest; tests only check which digest belongs to which tag. */
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** A registry with one image. */
const registryWith =
  (image: string, its: string): CheckOptions["imageDigest"] =>
  async (name) =>
    name === image ? its : undefined;

const pinnedEverywhere = (image: string): Change =>
  all(
    ...[
      "docker/Dockerfile",
      "docker/debug.Dockerfile",
      "dist-workspace.toml",
      "justfile",
      ".github/workflows/ci.yml",
    ].map((file) => edit(file, "ghcr.io/example/dev-tools:1.14.3", image)),
  );
const DEV_TOOLS = "ghcr.io/example/dev-tools";

/** One line for each finding: `relation severity follower <- leader`. */
function lines({ findings }: Awaited<ReturnType<typeof check>>): string[] {
  return findings.map(({ relation, severity, follower, leader }) => {
    const places = [follower, ...(leader === undefined ? [] : [leader])].map(placeOf).join(" <- ");
    return `${relation.name} ${severity} ${places}`;
  });
}

test("finds nothing in a product whose files agree", async () => {
  using product = new Product();
  const result = await check(product, { tag: "v1.7.6" });
  expect(lines(result)).toEqual([]);
  expect(result.facts.map(({ name, sites }) => [name, sites.length])).toEqual(
    expect.arrayContaining([
      ["toolchain", 1],
      ["rust-version", 1],
      ["locked workspace version", 3],
      ["chart version", 1],
      ["chart appVersion", 1],
      ["tag", 1],
      ["image ghcr.io/example/dev-tools", 5],
      ["config rustflags", 1],
      ["ENV ac_cv_func_regcomp", 1],
    ]),
  );
});

interface Drift {
  readonly name: string;
  readonly change: Change;
  readonly found: readonly string[];
  readonly tag?: string;
  readonly imageDigest?: CheckOptions["imageDigest"];
  /** The content of a fixed file. */
  readonly fixed?: readonly [file: string, text: string];
  /** Set when no edit can fix it. */
  readonly unfixable?: true;
}

const DRIFTS: readonly Drift[] = [
  {
    name: "an older rust-version",
    change: edit("Cargo.toml", 'rust-version = "1.95.0"', 'rust-version = "1.94.0"'),
    found: ["rust error Cargo.toml:9 <- rust-toolchain.toml:3"],
  },
  {
    name: "a crate's own rust-version",
    change: edit("crates/types/Cargo.toml", "rust-version.workspace = true", 'rust-version = "1.80"'),
    found: ["rust error crates/types/Cargo.toml:6 <- rust-toolchain.toml:3"],
  },
  {
    name: "another toolchain in a workflow",
    change: edit(".github/workflows/ci.yml", "RUST_TOOLCHAIN: 1.95.0", "RUST_TOOLCHAIN: 1.94.1"),
    found: ["rust error .github/workflows/ci.yml:5 <- rust-toolchain.toml:3"],
  },
  {
    name: "stable in a workflow",
    change: edit(".github/workflows/ci.yml", "RUST_TOOLCHAIN: 1.95.0", "RUST_TOOLCHAIN: stable"),
    found: ["rust warning .github/workflows/ci.yml:5 <- rust-toolchain.toml:3"],
  },
  {
    name: "another Rust image",
    change: edit("docker/debug.Dockerfile", "rust:1.95.0-bookworm", "rust:1.94-bookworm"),
    found: ["rust error docker/debug.Dockerfile:5 <- rust-toolchain.toml:3"],
  },
  {
    name: "a Rust image with its version in an ARG",
    change: edit(
      "docker/debug.Dockerfile",
      "FROM rust:1.95.0-bookworm",
      "ARG RUST_VERSION=1.94.0\nFROM rust:1.95.0-bookworm",
    ),
    found: ["rust error docker/debug.Dockerfile:5 <- rust-toolchain.toml:3"],
  },
  {
    name: "another toolchain in cargo-dist's configuration",
    change: edit("dist-workspace.toml", 'ci = "github"', 'ci = "github"\nrust-toolchain-version = "1.90.0"'),
    found: ["rust error dist-workspace.toml:7 <- rust-toolchain.toml:3"],
  },
  {
    name: "an older image in dist-workspace.toml",
    change: edit("dist-workspace.toml", "dev-tools:1.14.3", "dev-tools:1.14.2"),
    found: ["images error dist-workspace.toml:14 <- docker/Dockerfile:4"],
  },
  {
    name: "an older image in the justfile",
    change: edit("justfile", "dev-tools:1.14.3", "dev-tools:1.9.0"),
    found: ["images error justfile:1 <- docker/Dockerfile:4"],
  },
  {
    name: "an older image in the ARG of a Dockerfile",
    change: edit("docker/Dockerfile", "dev-tools:1.14.3", "dev-tools:1.14.2"),
    found: ["images error docker/Dockerfile:4 <- docker/debug.Dockerfile:1"],
  },
  {
    name: "a newer image in one place",
    change: edit("justfile", "dev-tools:1.14.3", "dev-tools:1.15.0"),
    found: [
      "docker/Dockerfile:4",
      "docker/debug.Dockerfile:1",
      "dist-workspace.toml:14",
      ".github/workflows/ci.yml:10",
    ].map((place) => `images error ${place} <- justfile:1`),
  },
  {
    name: "an image with a floating tag only in a workflow",
    change: edit(".github/workflows/ci.yml", "dev-tools:1.14.3", "dev-tools:latest"),
    found: ["images warning .github/workflows/ci.yml:10 <- docker/Dockerfile:4"],
  },
  {
    name: "an image with a floating tag in a build stage",
    change: edit("docker/Dockerfile", "dev-tools:1.14.3", "dev-tools:latest"),
    found: ["images error docker/Dockerfile:4 <- docker/debug.Dockerfile:1"],
  },
  {
    name: "a Rust image with a floating tag in a build stage",
    change: edit(
      "docker/debug.Dockerfile",
      "FROM rust:1.95.0-bookworm",
      "FROM rust:slim AS other\nRUN cargo build\nFROM rust:1.95.0-bookworm",
    ),
    found: ["rust error docker/debug.Dockerfile:5 <- rust-toolchain.toml:3"],
    unfixable: true,
  },
  {
    name: "a chart with an old version and appVersion",
    change: edit("charts/beacon/Chart.yaml", "1.7.6", "1.7.5"),
    found: [
      "version error charts/beacon/Chart.yaml:6 <- Cargo.toml:7",
      "version error charts/beacon/Chart.yaml:7 <- Cargo.toml:7",
    ],
  },
  {
    name: "an old appVersion",
    change: edit("charts/beacon/Chart.yaml", 'appVersion: "1.7.6"', 'appVersion: "1.7.5"'),
    found: ["version error charts/beacon/Chart.yaml:7 <- Cargo.toml:7"],
  },
  {
    name: "an old version in the lock file",
    change: edit("Cargo.lock", 'name = "beacon-types"\nversion = "1.7.6"', 'name = "beacon-types"\nversion = "1.7.5"'),
    found: ["lock error Cargo.lock:26 <- Cargo.toml:7"],
  },
  {
    name: "a crate that the lock file lacks",
    change: edit("Cargo.lock", 'name = "beacon-types"', 'name = "beacon-kinds"'),
    found: ["lock error Cargo.lock:1 <- Cargo.toml:7"],
    unfixable: true,
  },
  {
    name: "a tag of another version",
    change: () => undefined,
    tag: "v1.7.7",
    found: ["version error 1.7.7 <- Cargo.toml:7"],
    unfixable: true,
  },
  {
    name: "a workflow that lacks a flag",
    change: edit(".github/workflows/ci.yml", "--cfg tokio_unstable -D", "-D"),
    found: ["flags warning .github/workflows/ci.yml:6 <- .cargo/config.toml:2"],
  },
  {
    name: "a releasing workflow that lacks a flag",
    change: (product) =>
      product.write(
        ".github/workflows/release.yml",
        'on: push\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: cargo build --release\n        env:\n          RUSTFLAGS: "--cfg tokio_unstable --cfg uuid_unstable"\n',
      ),
    found: ["flags error .github/workflows/release.yml:8 <- .cargo/config.toml:2"],
    fixed: [
      ".github/workflows/release.yml",
      'RUSTFLAGS: "--cfg tokio_unstable --cfg uuid_unstable -C force-unwind-tables"\n',
    ],
  },
  {
    name: "a release setup that lacks a flag",
    change: edit(".github/workflows/build-setup.yml", " --cfg uuid_unstable", ""),
    found: ["flags error .github/workflows/build-setup.yml:3 <- .cargo/config.toml:2"],
  },
  {
    name: "a release setup with a different configure answer",
    change: edit(".github/workflows/build-setup.yml", "ac_cv_func_regcomp=yes", "ac_cv_func_regcomp=no"),
    found: ["env error .github/workflows/build-setup.yml:5 <- docker/Dockerfile:12"],
  },
  {
    name: "a release setup without a configure answer",
    change: edit(".github/workflows/build-setup.yml", '    echo "ac_cv_func_regcomp=yes" >> "$GITHUB_ENV"\n', ""),
    found: ["env error .github/workflows/build-setup.yml:6 <- docker/Dockerfile:12"],
  },
  {
    name: "an older image with its digest, when another file has the newer digest",
    change: all(
      pinnedEverywhere(`${DEV_TOOLS}:1.14.3@${digest("b")}`),
      edit("justfile", `1.14.3@${digest("b")}`, `1.14.2@${digest("a")}`),
    ),
    found: ["images error justfile:1 <- docker/Dockerfile:4"],
    fixed: ["justfile", `dev_tools_image := "${DEV_TOOLS}:1.14.3@${digest("b")}"\n`],
  },
  {
    name: "one of several digests that was not updated",
    change: all(
      pinnedEverywhere(`${DEV_TOOLS}:1.14.3@${digest("b")}`),
      edit("dist-workspace.toml", digest("b"), digest("a")),
    ),
    found: ["images error dist-workspace.toml:14 <- docker/Dockerfile:4"],
    fixed: ["dist-workspace.toml", `${DEV_TOOLS}:1.14.3@${digest("b")}"`],
  },
  {
    name: "a digest without a tag that differs from the tag's digest",
    change: edit("justfile", `${DEV_TOOLS}:1.14.3`, `${DEV_TOOLS}@${digest("a")}`),
    imageDigest: registryWith(`${DEV_TOOLS}:1.14.3`, digest("b")),
    found: ["images error justfile:1 <- docker/Dockerfile:4"],
    fixed: ["justfile", `${DEV_TOOLS}@${digest("b")}"`],
  },
  {
    name: "a Rust image with its digest",
    change: edit("docker/debug.Dockerfile", "rust:1.95.0-bookworm", `rust:1.94.0-bookworm@${digest("a")}`),
    imageDigest: registryWith("docker.io/library/rust:1.95.0-bookworm", digest("b")),
    found: ["rust error docker/debug.Dockerfile:5 <- rust-toolchain.toml:3"],
    fixed: ["docker/debug.Dockerfile", `FROM rust:1.95.0-bookworm@${digest("b")}\n`],
  },
  {
    name: "a Rust image whose tag is in an ARG and whose digest is not",
    change: edit(
      "docker/debug.Dockerfile",
      "FROM ghcr.io/example/dev-tools:1.14.3 AS builder\nCOPY . /src\nRUN cargo build --manifest-path /src/Cargo.toml\n\nFROM rust:1.95.0-bookworm",
      `ARG RUST_VERSION=1.94.0\nFROM ghcr.io/example/dev-tools:1.14.3 AS builder\nFROM rust:\${RUST_VERSION}-bookworm@${digest("a")}`,
    ),
    imageDigest: registryWith("docker.io/library/rust:1.95.0-bookworm", digest("b")),
    found: ["rust error docker/debug.Dockerfile:3 <- rust-toolchain.toml:3"],
    fixed: [
      "docker/debug.Dockerfile",
      `ARG RUST_VERSION=1.95.0\nFROM ghcr.io/example/dev-tools:1.14.3 AS builder\nFROM rust:\${RUST_VERSION}-bookworm@${digest("b")}\n`,
    ],
  },
  {
    name: "a Rust image whose new digest is unknown",
    change: edit("docker/debug.Dockerfile", "rust:1.95.0-bookworm", `rust:1.94.0-bookworm@${digest("a")}`),
    found: ["rust error docker/debug.Dockerfile:5 <- rust-toolchain.toml:3"],
    fixed: ["docker/debug.Dockerfile", `FROM rust:1.94.0-bookworm@${digest("a")}\n`],
    unfixable: true,
  },
];

describe("finds drift, names both sides, and fixes it", () => {
  test.each(DRIFTS.map((drift) => [drift.name, drift] as const))(
    "%s",
    async (_name, { change, found, tag, imageDigest, fixed, unfixable }) => {
      using product = new Product();
      change(product);
      const options = { tag, ...(imageDigest && { imageDigest }) };
      const result = await check(product, options);
      expect(lines(result)).toEqual(found);
      const plan = await planFix(result.repository, result.findings);
      writeFix(result.repository, plan);
      if (fixed !== undefined) expect(product.read(fixed[0])).toContain(fixed[1]);
      const after = await check(product, options);
      expect(after.findings.filter(({ severity }) => severity === "error").length > 0).toBe(unfixable === true);
    },
  );
});

const INNOCENT: readonly [string, Change][] = [
  [
    "two base images of different releases",
    edit("docker/debug.Dockerfile", "FROM rust:1.95.0-bookworm", "FROM debian:trixie-slim"),
  ],
  [
    "a crate of the workspace that needs its own nightly",
    (product) => product.write("crates/client/rust-toolchain", "nightly-2026-10-01\n"),
  ],
  ["variants of one Rust image", edit("docker/debug.Dockerfile", "rust:1.95.0-bookworm", "rust:1.95.0-slim-trixie")],
  [
    "a crate with its own version",
    all(
      edit("crates/types/Cargo.toml", "version.workspace = true\nedition", 'version = "0.4.0"\nedition'),
      edit("Cargo.lock", 'name = "beacon-types"\nversion = "1.7.6"', 'name = "beacon-types"\nversion = "0.4.0"'),
    ),
  ],
  [
    "a dependency of the chart",
    edit(
      "charts/beacon/Chart.yaml",
      "appVersion:",
      "dependencies:\n  - name: postgresql\n    version: 15.5.1\n    repository: https://charts.example.org\nappVersion:",
    ),
  ],
  [
    "a chart inside the chart",
    (product) =>
      product.write("charts/beacon/charts/redis/Chart.yaml", "apiVersion: v2\nname: redis\nversion: 20.0.0\n"),
  ],
  [
    "a second chart for something else",
    (product) => product.write("charts/dashboards/Chart.yaml", "apiVersion: v2\nname: dashboards\nversion: 0.3.0\n"),
  ],
  ["an appVersion with a v", edit("charts/beacon/Chart.yaml", 'appVersion: "1.7.6"', 'appVersion: "v1.7.6"')],
  [
    "more flags in a workflow, in another spelling",
    edit(
      ".github/workflows/ci.yml",
      '"-C force-unwind-tables --cfg uuid_unstable --cfg tokio_unstable -D warnings"',
      "-Dwarnings --cfg=tokio_unstable --codegen force_unwind_tables --cfg=uuid_unstable",
    ),
  ],
  [
    "a toolchain from an expression",
    edit(".github/workflows/ci.yml", "RUST_TOOLCHAIN: 1.95.0", "RUST_TOOLCHAIN: ${{ inputs.toolchain }}"),
  ],
  [
    "an image in a comment of the justfile",
    edit("justfile", "build-release:", "# was ghcr.io/example/dev-tools:1.0.0\nbuild-release:"),
  ],
  [
    "a release setup that uses release-build-setup",
    (product) =>
      product.write(
        ".github/workflows/build-setup.yml",
        "- name: Set up\n  uses: org/actions/release-build-setup@v1\n",
      ),
  ],
  [
    "a registry's port in an image",
    edit("docker/debug.Dockerfile", "rust:1.95.0-bookworm", "localhost:5000/mirror/rust:1.95.0-bookworm"),
  ],
  [
    "files of a nested repository",
    (product) =>
      all(
        () => product.write("sub/.git", "gitdir: ../.git/modules/sub\n"),
        () => product.write("sub/Dockerfile", "FROM rust:1.60.0\n"),
      )(product),
  ],
  ["a Dockerfile in the build folder", (product) => product.write("target/package/Dockerfile", "FROM rust:1.60.0\n")],
  ["a stage that looks like an image", edit("docker/Dockerfile", "--from=builder", "--from=BUILDER")],
  [
    "one digest, with its tag and without",
    all(
      pinnedEverywhere(`${DEV_TOOLS}:1.14.3@${digest("b")}`),
      edit("justfile", `:1.14.3@${digest("b")}`, `@${digest("b")}`),
    ),
  ],
  [
    "a digest where the others have a tag, without access to the registry",
    edit("justfile", `${DEV_TOOLS}:1.14.3`, `${DEV_TOOLS}@${digest("a")}`),
  ],
  [
    "a matrix of older Rust releases",
    edit(
      ".github/workflows/ci.yml",
      "    runs-on: ubuntu-24.04",
      "    strategy:\n      matrix:\n        toolchain: [1.80.0, 1.90.0, stable]\n    env:\n      RUSTUP_TOOLCHAIN: ${{ matrix.toolchain }}\n    runs-on: ubuntu-24.04",
    ),
  ],
  [
    "a container that a matrix names",
    edit(
      ".github/workflows/ci.yml",
      "    container: ghcr.io/example/dev-tools:1.14.3",
      "    strategy:\n      matrix:\n        image: [ghcr.io/example/dev-tools:1.10.0]\n    container:\n      image: ${{ matrix.image }}",
    ),
  ],
  [
    "an old image in a step's name and in a comment of its script",
    edit(
      ".github/workflows/ci.yml",
      "      - run: cargo test --workspace",
      "      - name: No longer in ghcr.io/example/dev-tools:1.0.0\n        run: |\n          # RUST_TOOLCHAIN=1.80.0 did not build this\n          cargo test --workspace",
    ),
  ],
  [
    "a crate outside the workspace with its own Rust, version and lock file",
    (product) => {
      product.write(
        "fuzz/Cargo.toml",
        '[package]\nname = "fuzz"\nversion = "0.0.1"\nrust-version = "1.70"\n[workspace]\n',
      );
      product.write("fuzz/Cargo.lock", 'version = 4\n\n[[package]]\nname = "fuzz"\nversion = "0.0.0"\n');
      product.replace("Cargo.toml", 'exclude = ["third-party"]', 'exclude = ["third-party", "fuzz"]');
    },
  ],
  [
    "a published release of a member among the locked dependencies",
    (product) =>
      product.write(
        "Cargo.lock",
        `${product.read("Cargo.lock")}\n[[package]]\nname = "beacon-types"\nversion = "1.6.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${"ab".repeat(32)}"\n`,
      ),
  ],
  [
    "a Dockerfile written by a Dockerfile",
    edit(
      "docker/debug.Dockerfile",
      "FROM rust:1.95.0-bookworm",
      "RUN <<EOF\nFROM rust:1.60.0\nENV ac_cv_func_regcomp=no\nEOF\n\nFROM rust:1.95.0-bookworm",
    ),
  ],
  [
    "an image whose tag a recipe sets",
    edit(
      "justfile",
      "build-release:",
      "image tag:\n    docker pull ghcr.io/example/dev-tools:{{tag}}\n\nbuild-release:",
    ),
  ],
  [
    "earlier releases in a changelog",
    (product) =>
      product.write(
        "CHANGELOG.md",
        '## 1.6.0\n\nNeeds `rust-version = "1.80"`, builds `FROM ghcr.io/example/dev-tools:1.9.0`.\n',
      ),
  ],
  [
    "a stage for the build platform, and one from scratch",
    edit(
      "docker/debug.Dockerfile",
      "FROM rust:1.95.0-bookworm",
      "FROM --platform=$BUILDPLATFORM rust:1.95.0-bookworm AS cross\nFROM scratch",
    ),
  ],
  [
    "a dated nightly that is newer than the promised rust-version",
    all(
      edit("rust-toolchain.toml", "1.95.0", "nightly-2026-10-01"),
      edit(".github/workflows/ci.yml", "RUST_TOOLCHAIN: 1.95.0", "RUST_TOOLCHAIN: nightly-2026-10-01"),
      edit("docker/debug.Dockerfile", "FROM rust:1.95.0-bookworm", "FROM debian:trixie"),
    ),
  ],
  ["1.95 beside 1.95.0", edit("Cargo.toml", 'rust-version = "1.95.0"', 'rust-version = "1.95"')],
  [
    "a stage with additional flags",
    edit(
      "docker/Dockerfile",
      "WORKDIR /src",
      'WORKDIR /src\nENV RUSTFLAGS="-Cforce-unwind-tables --cfg=uuid_unstable --cfg tokio_unstable -Clink-arg=-s"',
    ),
  ],
  [
    "windows line ends",
    (product) => {
      for (const file of ["Cargo.toml", "docker/Dockerfile", "charts/beacon/Chart.yaml", "justfile"])
        product.replace(file, "\n", "\r\n");
    },
  ],
];

test("reads flags of an included file, and names their place", async () => {
  using product = new Product();
  product.replace(".cargo/config.toml", "[build]", 'include = ["more.toml"]\n[build]');
  product.write(".cargo/more.toml", '[build]\nrustflags = ["-Cdebuginfo=1"]\n');
  const { findings } = await check(product);
  const hidden = /hides -Cdebuginfo=1 of \[build\] at .cargo.config.toml:3: cargo reads one of the two$/;
  expect(findings.map(({ message }) => message)).toEqual([
    expect.stringMatching(hidden),
    expect.stringMatching(hidden),
  ]);
});

test("reports an older Rust in a Dockerfile of a crate that ships its program as an error", async () => {
  using product = new Product();
  product.write("crates/client/Dockerfile", 'FROM rust:1.90\nRUN cargo install --path .\nCMD ["client"]\n');
  expect(lines(await check(product))).toEqual(["rust error crates/client/Dockerfile:1 <- rust-toolchain.toml:3"]);
});

test("advises on digests about another Rust when one of the images has a digest", async () => {
  using product = new Product();
  const advised = async () => (await check(product)).findings.map(({ relation }) => relation.advice);
  product.replace("docker/debug.Dockerfile", "rust:1.95.0-bookworm", "rust:1.94.0-bookworm");
  expect(await advised()).toEqual([undefined]);
  product.replace("docker/debug.Dockerfile", "rust:1.94.0-bookworm", `rust:1.94.0-bookworm@${digest("a")}`);
  expect(await advised()).toEqual([expect.stringMatching(/^An image with a digest is rewritten if its registry/)]);
});

describe("finds nothing in files that only look wrong", () => {
  test.each(INNOCENT)("%s", async (_name, change) => {
    using product = new Product();
    change(product);
    expect(lines(await check(product))).toEqual([]);
  });
});

describe("reports possibly intended differences as warnings", () => {
  test.each<[string, Change, string[]]>([
    [
      "an image with the same floating tag everywhere",
      (product) => {
        for (const file of [
          "docker/Dockerfile",
          "docker/debug.Dockerfile",
          "dist-workspace.toml",
          "justfile",
          ".github/workflows/ci.yml",
        ])
          product.replace(file, "dev-tools:1.14.3", "dev-tools:latest");
      },
      [
        "docker/Dockerfile:4",
        "docker/debug.Dockerfile:1",
        "dist-workspace.toml:14",
        "justfile:1",
        ".github/workflows/ci.yml:10",
      ].map((place) => `pinned warning ${place}`),
    ],
    [
      "flags of a target table that the release setup lacks",
      edit(
        "dist-workspace.toml",
        '"x86_64-unknown-linux-gnu"]',
        '"x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"]',
      ),
      ["flags warning .github/workflows/build-setup.yml:3 <- .cargo/config.toml:10"],
    ],
    [
      "a nightly in the toolchain file and a release in an image",
      all(
        edit("rust-toolchain.toml", "1.95.0", "nightly-2026-10-01"),
        edit(".github/workflows/ci.yml", "RUST_TOOLCHAIN: 1.95.0", "RUST_TOOLCHAIN: nightly-2026-10-01"),
      ),
      ["rust warning docker/debug.Dockerfile:5 <- rust-toolchain.toml:3"],
    ],
    [
      "a floating toolchain",
      edit("rust-toolchain.toml", '"1.95.0"', '"stable"'),
      ["rust warning docker/debug.Dockerfile:5 <- rust-toolchain.toml:3", "pinned warning rust-toolchain.toml:3"],
    ],
    [
      "a crate of the workspace with its own, different toolchain file",
      (product) => product.write("crates/client/rust-toolchain.toml", '[toolchain]\nchannel = "1.90.0"\n'),
      ["rust warning crates/client/rust-toolchain.toml:2 <- rust-toolchain.toml:3"],
    ],
    [
      "an older Rust in a Dockerfile whose container runs the tests",
      (product) => product.write("crates/client/Dockerfile", 'FROM rust:1.90\nCOPY . .\nCMD ["cargo", "test"]\n'),
      ["rust warning crates/client/Dockerfile:1 <- rust-toolchain.toml:3"],
    ],
    [
      "third-party base images in two Dockerfiles",
      (product) => {
        product.write("docker/Dockerfile.web", "FROM emscripten/emsdk:3.1.74\nRUN emcc -v\n");
        product.write("docker/Dockerfile.asm", "FROM emscripten/emsdk:3.1.14\nRUN emcc -v\n");
      },
      ["images warning docker/Dockerfile.asm:1 <- docker/Dockerfile.web:1"],
    ],
  ])("%s", async (_name, change, expected) => {
    using product = new Product();
    change(product);
    expect(lines(await check(product))).toEqual(expected);
  });
});

test("compares, among several charts, the one with the product's name with its version", async () => {
  using product = new Product();
  product.write("charts/dashboards/Chart.yaml", "apiVersion: v2\nname: dashboards\nversion: 0.3.0\n");
  product.replace("charts/beacon/Chart.yaml", "1.7.6", "1.7.5");
  expect(lines(await check(product))).toEqual([
    "version error charts/beacon/Chart.yaml:6 <- Cargo.toml:7",
    "version error charts/beacon/Chart.yaml:7 <- Cargo.toml:7",
  ]);
});

test("completes a bump of rust-toolchain.toml with a fix, and lists images that are built elsewhere", async () => {
  using product = new Product();
  product.replace("rust-toolchain.toml", '"1.95.0"', '"1.96.0"');
  const inspectImage = async (image: string) => (image.endsWith("dev-tools:1.14.3") ? "1.95.0" : undefined);
  const result = await check(product, { inspectImage });
  const plan = await planFix(result.repository, result.findings);
  writeFix(result.repository, plan);
  expect([...plan.files.keys()].sort()).toEqual([".github/workflows/ci.yml", "Cargo.toml", "docker/debug.Dockerfile"]);
  expect(product.read("Cargo.toml")).toContain('rust-version = "1.96.0"\n');
  expect(product.read(".github/workflows/ci.yml")).toContain("  RUST_TOOLCHAIN: 1.96.0 # read by the install step\n");
  expect(product.read("docker/debug.Dockerfile")).toContain("FROM rust:1.96.0-bookworm\n");
  // One for each place that names the image, which is built in another repository.
  expect(plan.left.map(describeRepair)).toHaveLength(5);
  expect(result.elsewhere).toEqual([
    expect.stringMatching(
      /^ghcr.io\/example\/dev-tools:1.14.3 \(.*justfile:1.*\) is built in another repository: it contains Rust 1.95.0, expected 1.96.0$/,
    ),
  ]);
});

describe("pins.yml", () => {
  const config =
    (text: string): Change =>
    (product) =>
      product.write("pins.yml", text);
  const options = { config: "pins.yml", tag: "v1.7.6" };

  const EVERY_LOCATOR = `facts:
  toolchain: { file: rust-toolchain.toml, toml: toolchain.channel }
  msrv: { file: "crates/*/Cargo.toml", toml: package.version.workspace }
  builder: { file: docker/Dockerfile, from: builder, match: ":([^@]+)$" }
  images: { file: docker/debug.Dockerfile, from: "*" }
  answer: { file: docker/Dockerfile, stage: builder, env: ac_cv_func_regcomp }
  just: { file: justfile, regex: 'dev-tools:([^"]+)' }
  chart: { file: charts/beacon/Chart.yaml, yaml: version }
  workflow: { file: .github/workflows/ci.yml, yaml: env.RUST_TOOLCHAIN }
  tag: { git: tag }
  version: { file: Cargo.toml, toml: workspace.package.version }
  flags: { file: .cargo/config.toml, toml: build.rustflags }
  musl: { file: .cargo/config.toml, toml: 'target.''cfg(target_env = "musl")''.rustflags' }
relations:
  - { leader: version, equal: [chart, tag] }
  - { name: tools, leader: builder, equal: just }
  - { leader: toolchain, same-minor: workflow }
  - { leader: version, at-least: [builder] }
  - { leader: flags, subset: musl }
  - { pinned: [images, toolchain] }
`;

  test("reads every kind of locator and relation", async () => {
    using product = new Product();
    config(EVERY_LOCATOR.replace("at-least: [builder]", "at-least: [chart]"))(product);
    const result = await check(product, options);
    expect(lines(result)).toEqual([]);
    expect(result.facts.map(({ name, sites }) => [name, sites[0]?.value, sites.length])).toEqual([
      ["toolchain", "1.95.0", 1],
      ["msrv", "true", 3],
      ["builder", "1.14.3", 1],
      ["images", "ghcr.io/example/dev-tools:1.14.3", 2],
      ["answer", "yes", 1],
      ["just", "1.14.3", 1],
      ["chart", "1.7.6", 1],
      ["workflow", "1.95.0", 1],
      ["tag", "1.7.6", 1],
      ["version", "1.7.6", 1],
      ["flags", "-C force-unwind-tables --cfg uuid_unstable --cfg tokio_unstable", 1],
      ["musl", "-C force-unwind-tables --cfg uuid_unstable --cfg tokio_unstable -C link-self-contained=yes", 1],
    ]);
  });

  test.each<[string, Change, string[], string[]]>([
    [
      "equal",
      edit("charts/beacon/Chart.yaml", "version: 1.7.6", "version: 1.7.0"),
      ["equal error charts/beacon/Chart.yaml:6 <- Cargo.toml:7"],
      [],
    ],
    [
      "a match inside an image that an ARG sets",
      edit("justfile", "dev-tools:1.14.3", "dev-tools:1.14.1"),
      ["tools error justfile:1 <- docker/Dockerfile:4"],
      [],
    ],
    [
      "same-minor",
      edit(".github/workflows/ci.yml", "RUST_TOOLCHAIN: 1.95.0", "RUST_TOOLCHAIN: 1.94.0"),
      ["same-minor error .github/workflows/ci.yml:5 <- rust-toolchain.toml:3"],
      [],
    ],
    [
      "at-least",
      edit("docker/Dockerfile", "dev-tools:1.14.3", "dev-tools:1.2.0"),
      ["tools error justfile:1 <- docker/Dockerfile:4", "at-least error docker/Dockerfile:4 <- Cargo.toml:7"],
      [],
    ],
    [
      "subset",
      edit(".cargo/config.toml", '    "--cfg", "tokio_unstable",\n    "-C", "link', '    "-C", "link'),
      ["subset error .cargo/config.toml:10 <- .cargo/config.toml:2"],
      [],
    ],
    [
      "pinned",
      edit("docker/debug.Dockerfile", "rust:1.95.0-bookworm", "rust"),
      ["pinned error docker/debug.Dockerfile:5"],
      ["pinned error docker/debug.Dockerfile:5"],
    ],
  ])("finds a violation of %s, and fixes it from the leader", async (_name, change, found, left) => {
    using product = new Product();
    all(config(EVERY_LOCATOR), change)(product);
    const result = await check(product, options);
    expect(lines(result)).toEqual(found);
    writeFix(result.repository, await planFix(result.repository, result.findings));
    const again = await check(product, options);
    writeFix(again.repository, await planFix(again.repository, again.findings));
    expect(lines(await check(product, options))).toEqual(left);
  });

  const WITH_DIGEST = `facts:
  just: { file: justfile, regex: '"(ghcr.io/[^"]+)"', match: ":([^@]+)" }
  builder: { file: docker/Dockerfile, from: builder, match: ":([^@]+)" }
relations:
  - { leader: just, equal: builder }
`;

  test("updates the digest together with the tag of an image", async () => {
    using product = new Product();
    config(WITH_DIGEST)(product);
    product.replace("docker/Dockerfile", "dev-tools:1.14.3", `dev-tools:1.14.2@${digest("a")}`);
    const imageDigest = registryWith(`${DEV_TOOLS}:1.14.3`, digest("b"));
    const result = await check(product, { ...options, imageDigest });
    expect(lines(result)).toEqual(["equal error docker/Dockerfile:4 <- justfile:1"]);
    writeFix(result.repository, await planFix(result.repository, result.findings));
    expect(product.read("docker/Dockerfile")).toContain(`ARG DEV_TOOLS=${DEV_TOOLS}:1.14.3@${digest("b")}\n`);
  });

  test("does not fix a tag when its pattern does not include the digest", async () => {
    using product = new Product();
    config(
      WITH_DIGEST.replace("leader: just, equal: builder", "leader: builder, equal: just").replace(
        '"(ghcr.io/[^"]+)"\', match: ":([^@]+)"',
        "dev-tools:([^@]+)'",
      ),
    )(product);
    product.replace("justfile", "dev-tools:1.14.3", `dev-tools:1.14.2@${digest("a")}`);
    const result = await check(product, options);
    expect(lines(result)).toEqual(["equal error justfile:1 <- docker/Dockerfile:4"]);
    expect((await planFix(result.repository, result.findings)).left).toHaveLength(1);
  });

  const EXCEPTION = (until: string): string => `detect: true
exceptions:
  - fact: chart version
    reason: the chart is released on its own
    until: ${until}
`;

  test("turns a finding into a notice until its exception expires", async () => {
    using product = new Product();
    product.replace("charts/beacon/Chart.yaml", "version: 1.7.6", "version: 0.1.0");
    product.replace("charts/beacon/Chart.yaml", 'appVersion: "1.7.6"\n', "");
    config(EXCEPTION("2026-11-20"))(product);
    expect(lines(await check(product, options))).toEqual(["version notice charts/beacon/Chart.yaml:6 <- Cargo.toml:7"]);
    config(EXCEPTION("2026-11-19"))(product);
    const { findings } = await check(product, options);
    expect(findings).toMatchObject([
      { severity: "error", message: expect.stringMatching(/pins.yml:3 expired on 2026-11-19/) },
    ]);
  });

  test("reads the Rust versions of images from a table", async () => {
    using product = new Product();
    config('detect: true\nimages:\n  ghcr.io/example/dev-tools:\n    "1.14.3": "1.94.0"\n')(product);
    const result = await check(product, { ...options, only: ["rust inside image"] });
    expect(result.findings).toHaveLength(5);
    expect(result.findings[0]?.message).toBe('"1.94.0" here, "1.95.0" at rust-toolchain.toml:3');
  });

  test("checks only the relations that `only` names, and refuses an unknown name", async () => {
    using product = new Product();
    product.replace("charts/beacon/Chart.yaml", "1.7.6", "1.7.0");
    expect(lines(await check(product, { only: ["rust"] }))).toEqual([]);
    expect(lines(await check(product, { only: ["chart appVersion"] }))).toHaveLength(1);
    expect(lines(await check(product, { only: ["version"] }))).toHaveLength(2);
    await expect(check(product, { only: ["rsut"] })).rejects.toThrow(
      "`only` names rsut, which is neither a fact nor a relation here",
    );
  });
});

describe("skips an unreadable file, reports its line, and checks the rest", () => {
  test.each<[string, Change, RegExp]>([
    ["a broken Cargo.toml", edit("Cargo.toml", "[workspace]\n", "[workspace\n"), /^Cargo.toml:\d is not valid TOML/],
    [
      "a broken rust-toolchain.toml",
      edit("rust-toolchain.toml", "channel =", "channel"),
      /^rust-toolchain.toml:3 is not valid TOML/,
    ],
    [
      "a broken workflow",
      edit(".github/workflows/ci.yml", "jobs:", "jobs: ["),
      /^.github\/workflows\/ci.yml:\d+ is not valid YAML/,
    ],
    [
      "a workflow with a tab",
      edit(".github/workflows/ci.yml", "  RUST_TOOLCHAIN", "\tRUST_TOOLCHAIN"),
      /^.github\/workflows\/ci.yml:\d is not valid YAML/,
    ],
    [
      "a repeated key in a chart",
      edit("charts/beacon/Chart.yaml", "type: application", "type: application\nversion: 1"),
      /^charts\/beacon\/Chart.yaml:7 is not valid YAML: Map keys must be unique/,
    ],
    [
      "a config that includes itself",
      (product) => product.write(".cargo/config.toml", '\ninclude = ["config.toml"]\n'),
      /^.cargo\/config.toml:2 includes config.toml, which includes itself again/,
    ],
    [
      "a broken Dockerfile",
      edit("docker/Dockerfile", "WORKDIR", "WORKDRI"),
      /^docker\/Dockerfile:16: WORKDRI is not a Dockerfile instruction/,
    ],
    [
      "a binary Chart.yaml",
      (product) => product.write("charts/beacon/Chart.yaml", "\0ELF"),
      /^charts\/beacon\/Chart.yaml is not a text file: byte 0 is zero/,
    ],
    [
      "a lock file with conflict markers",
      edit("Cargo.lock", "version = 4", "<<<<<<< HEAD\nversion = 4"),
      /^Cargo.lock:3 holds the marker of a merge conflict/,
    ],
    [
      "a missing member",
      edit("Cargo.toml", '"workspace-hack"]', '"gone"]'),
      /^Cargo.toml:3: the workspace member "gone" has no Cargo.toml/,
    ],
  ])("%s", async (_name, change, message) => {
    using product = new Product();
    change(product);
    product.replace("docker/debug.Dockerfile", "dev-tools:1.14.3", "dev-tools:1.14.2");
    const { unread, findings } = await check(product);
    expect(unread).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
    const { file = "" } = unread[0]?.location ?? {};
    const isNeeded = /^(Cargo|rust-toolchain|\.cargo)/.test(file);
    expect(unread[0]?.level).toBe(isNeeded ? "error" : "warning");
    expect(findings.map(({ relation }) => relation.name)).toContain("images");
  });
});

describe("reports bad input as one error with file and line", () => {
  const pins =
    (text: string): Change =>
    (product) =>
      product.write("pins.yml", text);
  const fact = (text: string): Change => pins(`facts:\n  a: ${text}\n`);
  test.each<[string, Change, RegExp]>([
    ["pins.yml that is a list", pins("- a\n"), /^pins.yml:1: pins.yml: expected a mapping/],
    ["an unknown key", pins("fact: {}\n"), /^pins.yml:1: pins.yml: unknown key "fact"/],
    ["an unknown key of a fact", fact("{ file: x, tmol: y }"), /^pins.yml:2: fact a: unknown key "tmol"/],
    ["a fact without a locator", fact("{ file: x }"), /^pins.yml:2: fact a must have exactly one of toml, yaml/],
    ["a fact with two locators", fact("{ file: x, toml: a, yaml: b }"), /^pins.yml:2: fact a must have exactly one of/],
    ["a fact in a missing file", fact("{ file: nope.toml, toml: a.b }"), /^nope.toml does not exist/],
    ["a glob that matches nothing", fact("{ file: 'nope/*.toml', toml: a.b }"), /^pins.yml:2: no file matches nope/],
    [
      "a path without a value",
      fact("{ file: Cargo.toml, toml: workspace.nope }"),
      /^Cargo.toml has no value at workspace.nope/,
    ],
    ["an invalid path", fact("{ file: Cargo.toml, toml: a..b }"), /^pins.yml:2: fact a: "a..b" is not a path/],
    [
      "a pattern without a group",
      fact("{ file: Cargo.toml, regex: abc }"),
      /^pins.yml:2: \/abc\/: it has 0 groups, expected one/,
    ],
    ["an invalid pattern", fact("{ file: Cargo.toml, regex: 'a(' }"), /^pins.yml:2: \/a\(\/: /],
    ["a pattern that matches nothing", fact("{ file: justfile, regex: 'zzz(.)' }"), /^justfile has no match of/],
    [
      "a missing stage",
      fact("{ file: docker/Dockerfile, from: nope }"),
      /^docker\/Dockerfile has no stage "nope": it has base, builder, runtime/,
    ],
    [
      "a variable without a stage",
      fact("{ file: docker/Dockerfile, env: A }"),
      /^pins.yml:2: stage of fact a: expected a string/,
    ],
    [
      "a `match` that does not match",
      fact("{ file: Cargo.toml, toml: workspace.resolver, match: 'x(.)' }"),
      /^Cargo.toml:2: fact a is "2", which \/x\(.\)\/ does not match/,
    ],
    [
      "invalid JSON",
      all(fact("{ file: x.json, json: /a }"), (product) => product.write("x.json", "{\n  'a': 1 }\n")),
      /^x.json:2 is not valid JSON/,
    ],
    ["a relation to an unknown fact", pins("relations:\n  - { pinned: a }\n"), /^pins.yml:2: there is no fact "a"/],
    [
      "a relation without a kind",
      pins("relations:\n  - { leader: a }\n"),
      /^pins.yml:2: a relation must have exactly one of equal/,
    ],
    [
      "invalid versions",
      all(
        pins(
          "facts:\n  a: { file: Cargo.toml, toml: workspace.package.license }\nrelations:\n  - { leader: a, at-least: a }\n",
        ),
      ),
      /^Cargo.toml:10: "MIT" is not a version/,
    ],
    [
      "an exception without a reason",
      pins("detect: true\nexceptions:\n  - { fact: x }\n"),
      /^pins.yml:3: reason of an exception: expected a string/,
    ],
    [
      "an exception until an invalid date",
      pins("detect: true\nexceptions:\n  - { fact: x, reason: y, until: 2026-13-01 }\n"),
      /^pins.yml:3: "2026-13-01" is not a day/,
    ],
    ["an alias bomb", pins(`facts: &a\n  x: *a\n`), /^pins.yml:\d/],
  ])("%s", async (_name, change, message) => {
    using product = new Product();
    change(product);
    const config = product.has("pins.yml") ? "pins.yml" : undefined;
    await expect(check(product, { config })).rejects.toThrow(message);
  });
});

test("checks a repository of 100 crates within a second", async () => {
  using product = new Product();
  const locked: string[] = [];
  for (let at = 0; at < 100; at += 1) {
    const name = `part-${at}`;
    product.write(`crates/${name}/Cargo.toml`, product.read("crates/types/Cargo.toml").replace("beacon-types", name));
    locked.push(`\n[[package]]\nname = "${name}"\nversion = "1.7.6"\ndependencies = [\n "workspace-hack",\n]\n`);
  }
  for (let at = 0; at < 600; at += 1) {
    locked.push(
      `\n[[package]]\nname = "dependency-${at}"\nversion = "0.${at}.1"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${"ab".repeat(32)}"\n`,
    );
  }
  product.write("Cargo.lock", product.read("Cargo.lock") + locked.join(""));
  const before = process.cpuUsage();
  const result = await check(product);
  const { user, system } = process.cpuUsage(before);
  // Processor time, in microseconds: elapsed time would include other work of the machine.
  expect(user + system).toBeLessThan(1_000_000);
  expect(result.facts.find(({ name }) => name === "locked workspace version")?.sites).toHaveLength(103);
});
