/** A configuration of cargo-dist as people use it, small enough to be planned in a second. */
export interface DistLayout {
  readonly name: string;
  readonly tag: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
  /** The names of the apps that `tag` releases. */
  readonly apps: readonly string[];
  /** The formulae that cargo-dist writes. */
  readonly formulae: readonly string[];
  /** Whether the archives include Linux programs, from which the npm packages are made. */
  readonly npm: boolean;
  /** The repository with the release; undefined when it is not on GitHub. */
  readonly repository: string | undefined;
}

const TARGETS = [
  ...["aarch64-apple-darwin", "x86_64-apple-darwin"],
  ...["aarch64-unknown-linux-musl", "x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"],
];
const WINDOWS = "x86_64-pc-windows-msvc";

interface Crate {
  readonly name: string;
  readonly version?: string;
  /** More lines of its Cargo.toml. */
  readonly more?: string;
}

interface Setting {
  readonly crates?: readonly Crate[];
  readonly installers?: readonly string[];
  readonly targets?: readonly string[];
  /** More lines of `[dist]`. */
  readonly dist?: string;
  readonly tag?: string;
  readonly version?: string;
  readonly apps?: readonly string[];
  readonly formulae?: readonly string[];
  readonly repository?: string | undefined;
  readonly files?: Readonly<Record<string, string>>;
}

const VERSION = "1.2.3";

function layout(name: string, setting: Setting): DistLayout {
  const { crates = [{ name: "widget" }], version = VERSION, targets = TARGETS } = setting;
  const { installers = ["shell", "homebrew"], dist = "" } = setting;
  const apps = setting.apps ?? crates.map((crate) => crate.name);
  const workspace = `[workspace]
members = [${crates.map((crate) => `"${crate.name}"`).join(", ")}]
resolver = "2"
[profile.dist]
inherits = "dev"
`;
  const config = `[workspace]
members = ["cargo:."]
[dist]
cargo-dist-version = "0.34.0"
ci = "github"
allow-dirty = ["ci", "msi"]
source-tarball = false
installers = ${JSON.stringify(installers)}
targets = ${JSON.stringify(targets)}
${installers.includes("homebrew") ? 'tap = "acme/homebrew-tap"\npublish-jobs = ["./publish"]\n' : ""}${dist}`;
  const repository = "repository" in setting ? setting.repository : "acme/widget";
  const files = crates.map(
    (crate) => [`${crate.name}/Cargo.toml`, manifestOf(crate, version, repository ?? "acme/widget")] as const,
  );
  const mains = crates.map((crate) => [`${crate.name}/src/main.rs`, "fn main() {}\n"] as const);
  return {
    ...{ name, version, apps, tag: setting.tag ?? `v${version}` },
    files: {
      ...{ "Cargo.toml": workspace, "dist-workspace.toml": config, "README.md": "# Widgets\n", LICENSE: "MIT\n" },
      ...Object.fromEntries([...files, ...mains]),
      ...setting.files,
    },
    formulae: setting.formulae ?? (installers.includes("homebrew") ? apps.map((app) => `${app}.rb`) : []),
    npm: targets.some((target) => target.includes("linux")),
    repository,
  };
}

function manifestOf({ name, version, more = "" }: Crate, otherwise: string, repository: string): string {
  return `[package]
name = "${name}"
version = "${version ?? otherwise}"
edition = "2021"
repository = "https://github.com/${repository}"
homepage = "https://widget.example"
license = "MIT"
description = "Widgets for everybody"
${more}`;
}

const PAIR = [{ name: "widget" }, { name: "widget-server" }];

/** One layout of each kind that a check once refused by mistake, or might refuse. */
export const DIST_LAYOUTS: readonly DistLayout[] = [
  layout("one app with all installers", {
    installers: ["shell", "powershell", "npm", "homebrew"],
    targets: [...TARGETS, WINDOWS],
    dist: 'npm-scope = "@acme"\n',
  }),
  layout("three apps under one tag", { crates: [...PAIR, { name: "widget-admin" }] }),
  layout("one of two apps under a tag of its own", {
    ...{ crates: [{ name: "widget" }, { name: "widget-server", version: "0.4.0" }], apps: ["widget-server"] },
    ...{ tag: "widget-server-v0.4.0", version: "0.4.0" },
  }),
  layout("a hierarchical tag of one app", { crates: PAIR, tag: "widget/v1.2.3", apps: ["widget"] }),
  layout("a hierarchical tag with a folder before it", { tag: "releases/v1.2.3" }),
  layout("a tag without v", { tag: "1.2.3" }),
  layout("attestations, made when the release is hosted", {
    dist: 'github-attestations = true\ngithub-attestations-phase = "host"\n',
  }),
  layout("an app with fewer targets by its own Cargo.toml", {
    crates: [
      { name: "widget" },
      {
        name: "widget-server",
        more: '[package.metadata.dist]\ntargets = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-musl"]\n',
      },
    ],
  }),
  layout("archives for Windows alone", { installers: ["powershell"], targets: [WINDOWS] }),
  layout("an MSI beside the archives", {
    installers: ["shell", "msi"],
    targets: [...TARGETS, WINDOWS],
    crates: [
      {
        name: "widget",
        more: '[package.metadata.wix]\nupgrade-guid = "C0B9A1F1-4B0E-4D7C-8A60-2F3A1B7C9D01"\npath-guid = "C0B9A1F1-4B0E-4D7C-8A60-2F3A1B7C9D02"\nlicense = false\neula = false\n',
      },
    ],
  }),
  layout("extra artifacts beside the archives", {
    dist: '[[dist.extra-artifacts]]\nartifacts = ["schema.json"]\nbuild = ["cp", "README.md", "schema.json"]\n',
  }),
  layout("archives as .tar.gz and .zip with other checksums", {
    ...{ installers: ["shell", "powershell"], targets: [...TARGETS, WINDOWS] },
    dist: 'unix-archive = ".tar.gz"\nwindows-archive = ".zip"\nchecksum = "sha512"\n',
  }),
  layout("a pre-release that is forced to be the latest", {
    ...{ version: "1.3.0-rc.1", dist: "force-latest = true\npublish-prereleases = true\n" },
  }),
  layout("files on a server that is not GitHub", {
    ...{ installers: ["shell"], repository: undefined },
    dist: 'hosting = "simple"\nsimple-download-url = "https://downloads.example/{tag}"\n',
  }),
  // cargo-dist takes the URLs of the files from Cargo.toml, so people name the other repository there, too.
  layout("a release in another repository", {
    ...{ dist: 'github-releases-repo = "acme/widget-releases"\n', repository: "acme/widget-releases" },
  }),
];
