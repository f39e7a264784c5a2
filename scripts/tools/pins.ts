/** One real tool the tests, the demo or the benchmark run against, and where it comes from. */
export type Tool = {
  readonly name: string;
  readonly version: string;
  /** The program to look for; the name unless they differ. */
  readonly program?: string;
} /** `variables` are set in the program, as its own build does (`go help link`, "-X"). */ & (
  | {
      readonly by: "go";
      readonly module: string;
      readonly variables?: Readonly<Record<string, string>>;
      readonly tags?: readonly string[];
      /** The program is the module's root package, whose go.mod has `replace` lines: `go install` refuses those. */
      readonly hasReplacements?: true;
    }
  | { readonly by: "cargo"; readonly features?: string }
  | { readonly by: "pip" }
  | { readonly by: "apt"; readonly debianPackage?: string }
);

/** The one place where the versions of real tools are pinned. Debian's packages follow the machine's release. */
export const TOOLS: readonly Tool[] = [
  { name: "crane", version: "0.22.1", by: "go", module: "github.com/google/go-containerregistry/cmd/crane" },
  { name: "actionlint", version: "1.7.12", by: "go", module: "github.com/rhysd/actionlint/cmd/actionlint" },
  { name: "act", version: "0.2.89", by: "go", module: "github.com/nektos/act" },
  { name: "registry", version: "3.1.2", by: "go", module: "github.com/distribution/distribution/v3/cmd/registry" },
  {
    name: "oci-conformance",
    version: "0.0.0-20260831232431-97274622c111",
    by: "go",
    module: "github.com/opencontainers/distribution-spec/conformance",
  },
  // What runners have, and beside it the one before, which many still use.
  { name: "helm", version: "4.3.2", by: "go", module: "helm.sh/helm/v4/cmd/helm" },
  { name: "helm3", version: "3.22.0", by: "go", module: "helm.sh/helm/v3/cmd/helm" },
  { name: "cargo-hakari", version: "0.9.39", by: "cargo" },
  { name: "cargo-deny", version: "0.20.2", by: "cargo" },
  // Without what it takes to update itself, which is much to compile.
  { name: "cargo-nextest", version: "0.9.151", by: "cargo", features: "default-no-update" },
  { name: "just", version: "1.59.0", by: "cargo" },
  { name: "cargo-license", version: "0.7.0", by: "cargo" },
  { name: "cargo-dist", version: "0.34.0", by: "cargo", program: "dist" },
  { name: "apple-codesign", version: "0.29.0", by: "cargo", program: "rcodesign" },
  { name: "zizmor", version: "1.32.0", by: "pip" },
  { name: "debootstrap", version: "*", by: "apt" },
  { name: "b3sum", version: "*", by: "apt" },
  { name: "hyperfine", version: "*", by: "apt" },
  { name: "ruby", version: "*", by: "apt" },
  { name: "shellcheck", version: "*", by: "apt" },
  { name: "musl-gcc", version: "*", by: "apt", debianPackage: "musl-tools" },
  { name: "debuginfod", version: "*", by: "apt" },
  { name: "eu-readelf", version: "*", by: "apt", debianPackage: "elfutils" },
  { name: "gdb", version: "*", by: "apt" },
  { name: "chromium", version: "*", by: "apt" },
  { name: "jq", version: "*", by: "apt" },
];

/**
 * Docker's newest engine, which Debian does not have (sid had 28.5.2 in November 2026). The test engines bring it
 * themselves: it takes minutes to compile, and only they run it.
 */
export const DOCKERD: Tool = {
  name: "dockerd",
  version: "2.0.0-beta.24",
  by: "go",
  module: "github.com/moby/moby/v2/cmd/dockerd",
  variables: { "github.com/moby/moby/v2/dockerversion.Version": "29.0.0-moby.2.0.0-beta.24" },
};

/**
 * Another forge, whose artifact service speaks GitHub's v4 protocol: compiled once a machine, for the tests that use it.
 * The newest version whose modules can all be had from the Go proxy.
 */
export const GITEA: Tool = {
  name: "gitea",
  version: "1.26.0",
  by: "go",
  module: "code.gitea.io/gitea",
  tags: ["sqlite", "sqlite_unlock_notify"],
  hasReplacements: true,
};
