/** A real tool that the tests, the demo or the benchmark use, and its source. */
export type Tool = {
  readonly name: string;
  readonly version: string;
  /** The name of the program, if it differs from the name of the tool. */
  readonly program?: string;
} /** `variables` are set at link time, as in the tool's own build (`go help link`, "-X"). */ & (
  | {
      readonly by: "go";
      readonly module: string;
      readonly variables?: Readonly<Record<string, string>>;
      readonly tags?: readonly string[];
      /** Set when the go.mod of the module has `replace` lines, which `go install` refuses. The program is the module's root package. */
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
  // The version on GitHub's runners, and the previous major version, which many people still use.
  { name: "helm", version: "4.3.2", by: "go", module: "helm.sh/helm/v4/cmd/helm" },
  { name: "helm3", version: "3.22.0", by: "go", module: "helm.sh/helm/v3/cmd/helm" },
  { name: "cargo-hakari", version: "0.9.39", by: "cargo" },
  { name: "cargo-deny", version: "0.20.2", by: "cargo" },
  // The self-update feature is left out, because it takes long to compile.
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
 * Docker's newest engine, which Debian does not have (sid had 28.5.2 in November 2026). It is compiled only for the test
 * engines, since it takes minutes and nothing else needs it.
 */
export const DOCKERD: Tool = {
  name: "dockerd",
  version: "2.0.0-beta.24",
  by: "go",
  module: "github.com/moby/moby/v2/cmd/dockerd",
  variables: { "github.com/moby/moby/v2/dockerversion.Version": "29.0.0-moby.2.0.0-beta.24" },
};

/**
 * Another forge, whose artifact service implements GitHub's v4 protocol. It is compiled once per machine for the tests that
 * use it. This is the newest version for which the Go proxy has all modules.
 */
export const GITEA: Tool = {
  name: "gitea",
  version: "1.26.0",
  by: "go",
  module: "code.gitea.io/gitea",
  tags: ["sqlite", "sqlite_unlock_notify"],
  hasReplacements: true,
};
