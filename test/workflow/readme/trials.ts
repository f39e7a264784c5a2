// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of shells.
/** How to run a block of a page, and what to check afterwards. */
export interface Trial {
  /**
   * `page: text`, where only this block of the page contains the text. With `$` after the text, the block ends with it.
   * `page` alone for a page with one block.
   */
  readonly block: string;
  /**
   * The repository: a product under development, or the tag of a release (of one program, or of two) with the artifacts
   * of cargo-dist's jobs in the run. Default: `product`.
   */
  readonly at?: "product" | "release" | "release of two";
  /** Whether to run it also on an engine with the classic store, because it loads images into Docker or exports them. */
  readonly onEitherStore?: true;
  /** The event that starts its workflow. Default: `push`. */
  readonly on?: "push" | "pull_request" | "workflow_dispatch" | "schedule";
  readonly inputs?: Readonly<Record<string, string>>;
  /** What an earlier job of the run has uploaded: an image as `restate.tar`, or a signed archive for macOS like cargo-dist's. */
  readonly artifact?: "image" | "signed archive";
  /** Whether it has `id-token: write`, which act ignores. */
  readonly identity?: true;
  /** The part of GitHub's API that it uses. Default: artifacts, releases and checks. `accounts`: `/user`, Apps and similar. */
  readonly api?: "accounts";
  /** Steps before the block, as YAML. They run after `before`. */
  readonly steps?: string;
  /** A preparation in bash. It gets secrets and the addresses of services as variables. */
  readonly before?: string;
  /** A check after the block, in bash. */
  readonly after?: string;
  /** Outputs of earlier jobs, by `job.output`. The shell expands them. */
  readonly needs?: Readonly<Record<string, string>>;
  /** A text of the block that cannot work on this machine, and the text that replaces it. */
  readonly instead?: readonly [lacking: string, having: string];
}

const PRODUCT = 'cp -R "$PRODUCT"/. .';
const holds = (file: string, text: string): string => `grep -F -e '${text}' ${file}`;
const FORGET_PACKAGES = 'rm -rf "$NPM_STORAGE/@acme"';
/** Leaves the packages only in an earlier version, because a trusted publisher cannot create them. */
const EARLIER_PACKAGES = `sed -i 's/1[.]2[.]3/1.2.2/g' "$NPM_STORAGE"/@acme/*/package.json
rm -f "$NPM_STORAGE"/@acme/*/*-1.2.3.tgz`;
/** Removes the image of the version from GHCR, as if it had never been published. */
const FORGET_IMAGE = `url="$GHCR/v2/acme/widget/manifests"
accept='Accept: application/vnd.oci.image.index.v1+json'
digest=$(curl -sI -u "$LOGIN" -H "$accept" "$url/1.2.3" | tr -d '\\r' | sed -n 's/^docker-content-digest: //ip')
[ -z "$digest" ] || curl -sf -u "$LOGIN" -X DELETE "$url/$digest"`;
const PUBLISHED_IMAGE = `curl -sf -u "$LOGIN" "$GHCR/v2/acme/widget/tags/list" | grep -F '"1.2.3"'`;
const PUBLISHED_PACKAGE = `curl -sf --noproxy "*" "$NPM/@acme%2fwidget" | jq -e '.["dist-tags"].latest == "1.2.3"'`;
const MAC_ARCHIVE = 'mkdir -p dist; cp "$MAC_ARCHIVE" dist/';
const MUSL = ["x86_64-unknown-linux-musl", "x86_64-unknown-linux-gnu"] as const;

/** Every block that can be run. If two pages have the same text, it is run once. */
export const TRIALS: readonly Trial[] = [
  { block: "README.md: save-restate-image@v1", onEitherStore: true },
  {
    block: "actions/build-image/README.md",
    after: 'test "$(tar -xOf restate.tar oci-layout | jq -r .imageLayoutVersion)" = 1.0.0',
  },
  { block: "actions/cache-access/README.md", before: PRODUCT },
  { block: "actions/ci-contract/README.md" },
  {
    block: "actions/codesign-macos/README.md: identifier",
    before: 'mkdir -p target/release; cp "$MAC_PROGRAM" target/release/tool',
    after: "rcodesign print-signature-info target/release/tool | grep -F com.example.tool",
  },
  {
    block: "actions/codesign-macos/README.md: dry-run",
    before: 'mkdir -p target/release; cp "$MAC_PROGRAM" target/release/tool',
    on: "pull_request",
    after: 'cmp "$MAC_PROGRAM" target/release/tool',
  },
  {
    block: "actions/debug-symbols/README.md",
    before: 'mkdir -p target/release; cp "$ELF_PROGRAM" target/release/server',
    after: "readelf -n debug-symbols/server.debug | grep -F 'Build ID'",
  },
  { block: "actions/env-identity/README.md" },
  { block: "actions/hakari-check/README.md: checkout@v7\n- uses: org/actions/hakari-check@v1\n$" },
  { block: "actions/hakari-check/README.md: disable", after: "target/release/server" },
  { block: "actions/hakari-check/README.md: cargo-binstall", before: PRODUCT },
  { block: "actions/helm-publish/README.md: mode: check", at: "release", before: `cp -R "$WIDGET"/. .` },
  { block: "actions/homebrew-publish/README.md", at: "release" },
  {
    block: "action-index.md: release-docker-push.yml",
    at: "release",
    // In this product, docker/Dockerfile packs the released programs, as on the page of image-publish.
    instead: [
      "docker-build.yml@v1\n",
      "docker-build.yml@v1\n    with: { dockerfile: docker/from-source.Dockerfile }\n",
    ],
  },
  {
    block: "actions/image-publish/README.md: source",
    at: "release",
    before: `cp "$PLATFORMS_IMAGE" restate.tar\n${FORGET_IMAGE}`,
    after: PUBLISHED_IMAGE,
  },
  {
    block: "actions/image-publish/README.md: dockerfile",
    at: "release",
    before: `cp -R "$WIDGET"/. .\n${FORGET_IMAGE}`,
    after: PUBLISHED_IMAGE,
  },
  // This must come after the block that publishes the chart's image.
  { block: "actions/helm-publish/README.md: registry", at: "release", before: `cp -R "$WIDGET"/. .` },
  { block: "actions/load-restate-image/README.md: docker run", artifact: "image", onEitherStore: true },
  {
    block: "actions/load-restate-image/README.md: wait-for-check",
    onEitherStore: true,
    on: "workflow_dispatch",
    inputs: { restateCommit: "$COMMIT" },
    after: "docker image inspect localhost/restatedev/restate-commit-download:latest",
  },
  {
    block: "actions/load-restate-image/README.md: expected-digest",
    onEitherStore: true,
    artifact: "image",
    needs: { "docker.digest": "$IMAGE_DIGEST" },
    after: "docker image inspect localhost/restatedev/restate-commit-download:latest",
  },
  { block: "actions/macho-check/README.md", before: MAC_ARCHIVE },
  { block: "actions/notarize-macos/README.md", before: MAC_ARCHIVE },
  // This must come before the block that stages.
  {
    block: "actions/npm-publish/README.md: platforms",
    at: "release of two",
    before: `cp -R "$WIDGETS"/. .\n${FORGET_PACKAGES}`,
    after: PUBLISHED_PACKAGE,
  },
  {
    block: 'actions/npm-publish/README.md: scope: "@acme"\n    token',
    at: "release",
    before: `cp -R "$WIDGET"/. .\n${FORGET_PACKAGES}`,
    after: PUBLISHED_PACKAGE,
  },
  {
    block: "actions/npm-publish/README.md: mode: settle",
    at: "release",
    after: PUBLISHED_PACKAGE,
  },
  {
    block: "actions/npm-publish/README.md: permissions",
    at: "release",
    identity: true,
    before: `cp -R "$WIDGET"/. .\n${EARLIER_PACKAGES}`,
    after: PUBLISHED_PACKAGE,
  },
  {
    block: "actions/npm-publish/README.md: publish: stage",
    at: "release",
    identity: true,
    before: `cp -R "$WIDGET"/. .\n${EARLIER_PACKAGES}`,
    after: 'test "${{ steps.npm.outputs.complete }}" = false',
  },
  { block: "actions/pins-check/README.md: pins-check@v1\n$" },
  { block: "actions/pins-check/README.md: fix: true" },
  { block: "actions/plan-check/README.md: dist plan" },
  {
    block: "actions/plan-check/README.md: drop-targets",
    before: `${PRODUCT}\ndist plan --output-format=json > plan.json`,
  },
  { block: "actions/plan-image/README.md", on: "pull_request", before: PRODUCT },
  { block: "actions/release-build-setup/README.md: name: Set up", before: PRODUCT },
  {
    block: "actions/release-build-setup/README.md: mode: check",
    before: `${PRODUCT}
cargo hakari disable
just notice-file
echo "RUSTFLAGS=-C force-unwind-tables --cfg uuid_unstable --cfg tokio_unstable" >> "$GITHUB_ENV"
echo "krb5_cv_attr_constructor_destructor=yes" >> "$GITHUB_ENV"`,
  },
  { block: "actions/release-channel/README.md: IMAGE_TAGS", at: "release" },
  { block: "actions/release-channel/README.md: version: 1.7.4", before: PRODUCT },
  { block: "actions/release-notes/README.md", at: "release" },
  {
    block: "actions/repro-hash-compare/README.md: against: second",
    before: `for build in first second; do
  mkdir -p $build/target/release; cp "$ELF_PROGRAM" $build/target/release/app
done`,
  },
  {
    block: "actions/repro-hash-compare/README.md: upload-as",
    before: 'mkdir -p target/release; cp "$ELF_PROGRAM" target/release/app',
    // These steps replace the other job of the matrix.
    steps: `- uses: org/actions/repro-hash-compare@v1
  with:
    paths: target/release/app
    upload-as: record-other
`,
    after: "test -s report.html",
  },
  {
    block: "actions/repro-hash-compare/README.md: released=",
    before: "mkdir -p dist; printf released > dist/app.tar.gz",
  },
  { block: "actions/reproducible-build/README.md: builds: 2", instead: MUSL, after: "test -s record/manifest.json" },
  { block: "actions/reproducible-build/README.md: mode: print", before: PRODUCT },
  { block: "actions/save-restate-image/README.md: setup-buildx" },
  {
    block: "actions/save-restate-image/README.md: image: localhost",
    onEitherStore: true,
    before: `${PRODUCT}\ndocker build --quiet --tag localhost/restatedev/restate:dev .`,
  },
  { block: "actions/scarf-rewrite/README.md: docs/**", after: holds("README.md", "acme.gateway.scarf.sh/widget") },
  {
    block: "actions/scarf-rewrite/README.md: mode: check",
    before: "echo '[here](https://acme.gateway.scarf.sh/widget/v1.7.6/widget.tar.gz)' > README.md",
  },
  {
    block: "actions/secrets-check/README.md: HOMEBREW_TAP_TOKEN",
    before: PRODUCT,
    api: "accounts",
  },
  {
    block: "actions/secrets-check/README.md: expect",
    before: PRODUCT,
    api: "accounts",
    // This test does not make a cosign key. Unit tests cover how such keys are opened.
    instead: ["COSIGN_PRIVATE_KEY: cosign-key password=COSIGN_PASSWORD", ""],
  },
  {
    block: "README.md: testRepository",
    on: "workflow_dispatch",
    inputs: { restateCommit: "$COMMIT_OF_PRODUCT", restateImage: "", digest: "" },
  },
  { block: "README.md: rust-ci.yml" },
  {
    block: "README.md: release-homebrew.yml",
    at: "release",
    on: "workflow_dispatch",
    inputs: { plan: "{}" },
    instead: ["workflow_call", "workflow_dispatch"],
  },
  { block: "README.md: reproducibility.yml", on: "schedule", instead: MUSL },
  {
    block: "action-index.md: docker-attest.yml",
    identity: true,
    // The engine's own requests do not go through the test's proxy.
    instead: ["docker.yml@v1\n", "docker.yml@v1\n    with: { registry: $REGISTRY }\n"],
  },
  { block: "action-index.md: docker.yml@v1\n$", on: "pull_request" },
  { block: "action-index.md: integration.yml", artifact: "image", onEitherStore: true },
  { block: "action-index.md: release-docker-build.yml@v1\n$" },
  { block: "action-index.md: release-helm.yml", at: "release" },
  { block: "action-index.md: release-homebrew.yml", at: "release" },
  { block: "action-index.md: release-notarize.yml", at: "release", artifact: "signed archive" },
  { block: "action-index.md: release-notes.yml", at: "release" },
  {
    block: "action-index.md: release-npm.yml",
    at: "release",
    identity: true,
  },
  {
    block: "action-index.md: release-preflight.yml",
    at: "release",
  },
  {
    block: "action-index.md: reproducibility.yml",
    // Its default targets are those for musl.
    instead: ["reproducibility.yml@v1\n", `reproducibility.yml@v1\n    with: { targets: '["${MUSL[1]}"]' }\n`],
  },
  { block: "action-index.md: rust-ci.yml" },
];
