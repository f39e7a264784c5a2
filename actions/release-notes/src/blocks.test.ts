import { describe, expect, test } from "@jest/globals";
import { parseDropTargets, readPlan } from "@release-actions/dist-plan";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import type { GitHubRelease, ReleaseAsset } from "@release-actions/github-rest";
import type { LedgerRow } from "@release-actions/ledger";
import { approvalList, channelTable, downloadTables, installCommands } from "./blocks.ts";
import { readBackRelease } from "./github-row.ts";
import { platformName } from "./platform.ts";

const at = "2026-01-02T03:04:05Z";
const row = (change: Partial<LedgerRow>): LedgerRow => ({
  channel: "npm",
  name: "@acme/widget",
  version: "1.2.3",
  state: "verified",
  at,
  ...change,
});
const plan = readPlan(JSON.stringify(makeManifest()));
const LINUX = "widget-x86_64-unknown-linux-gnu.tar.xz";

test.each([
  ["aarch64-apple-darwin", "macOS, Apple silicon"],
  ["x86_64-apple-darwin", "macOS, Intel"],
  ["x86_64-unknown-linux-gnu", "Linux, x86-64"],
  ["aarch64-unknown-linux-musl", "Linux (static), ARM64"],
  ["x86_64-pc-windows-msvc", "Windows, x86-64"],
  ["wasm32-wasip1", "wasm32-wasip1"],
])("describes the target %s as: %s", (target, name) => {
  expect(platformName(target)).toBe(name);
});

describe("the table of downloads", () => {
  test("links to GitHub, or to the gateway, and shows known checksums", () => {
    const checksums = new Map([[LINUX, "a".repeat(64)]]);
    expect(downloadTables(plan, checksums, undefined).split("\n")).toContain(
      `| Linux, x86-64 | [${LINUX}](https://github.com/acme/widget/releases/download/v1.2.3/${LINUX}) | \`${"a".repeat(64)}\` |`,
    );
    expect(downloadTables(plan, new Map(), "https://acme.gateway.scarf.sh/{repo}/{tag}/{file}").split("\n")).toContain(
      `| Linux, x86-64 | [${LINUX}](https://acme.gateway.scarf.sh/widget/v1.2.3/${LINUX}) |  |`,
    );
  });

  test("leaves out targets that were dropped on purpose", () => {
    const isDropped = parseDropTargets(["darwin-x64"]);
    expect(downloadTables(plan, new Map(), undefined, isDropped)).not.toContain("x86_64-apple-darwin");
    expect(downloadTables(plan, new Map(), undefined, isDropped)).toContain("aarch64-apple-darwin");
  });

  test("encodes the tag of a hotfix, and has one table for each app", () => {
    const two = readPlan(JSON.stringify(makeManifest({ apps: ["widget", "server"], version: "1.2.3+fix.1" })));
    const tables = downloadTables(two, new Map(), "https://acme.gateway.scarf.sh");
    expect(tables).toContain("https://acme.gateway.scarf.sh/v1.2.3%2Bfix.1/server-aarch64");
    expect(tables.match(/^### .*$/gm)).toEqual(["### widget 1.2.3+fix.1", "### server 1.2.3+fix.1"]);
  });
});

describe("the install commands", () => {
  test.each<[name: string, change: Partial<LedgerRow>, command: string]>([
    [
      "a tap",
      { name: "acme/tap/widget", url: "https://github.com/acme/homebrew-tap/blob/0a/Formula/widget.rb" },
      "brew install acme/tap/widget",
    ],
    [
      "a formula that depends on another formula of the tap, which must be trusted too",
      { name: "acme/tap/widget", requires: ["acme/tap/gadget"] },
      "brew install acme/tap/gadget acme/tap/widget",
    ],
    [
      "a repository that is a tap itself",
      { name: "acme/widget/widget", url: "https://github.com/acme/widget/blob/0a/Formula/widget.rb" },
      "brew tap acme/widget https://github.com/acme/widget\nbrew install acme/widget/widget",
    ],
  ])("name formulae in full: %s", (_name, change, command) => {
    expect(installCommands([row({ channel: "homebrew", ...change })])).toBe(
      `### Homebrew\n\n\`\`\`sh\n${command}\n\`\`\``,
    );
  });

  test("are shown only for packages that are published", () => {
    const rows = [
      row({ channel: "image", name: "ghcr.io/acme/widget" }),
      row({ channel: "image", name: "docker.io/acme/widget", state: "planned" }),
      row({ channel: "homebrew", name: "acme/tap/widget", state: "skipped", reason: "a pre-release" }),
      row({}),
      row({ name: "@acme/widget-linux-x64" }),
      row({ name: "@acme/widget-linux-arm64-musl" }),
      row({ channel: "chart", name: "oci://ghcr.io/acme/charts/widget", state: "published" }),
      row({ channel: "github", name: "acme/widget" }),
    ];
    expect(installCommands(rows).match(/^(docker|brew|npm|helm) .*$/gm)).toEqual([
      "docker pull ghcr.io/acme/widget:1.2.3",
      "npm install --global @acme/widget@1.2.3",
      "helm install widget oci://ghcr.io/acme/charts/widget --version 1.2.3",
    ]);
    expect(installCommands([])).toBe("");
  });
});

describe("the table of channels", () => {
  test("lists the channels of the release, and the reason for each skipped one", () => {
    const rows = [
      row({ url: "https://www.npmjs.com/package/@acme/widget" }),
      row({ channel: "homebrew", name: "w", state: "skipped", reason: "asked so" }),
    ];
    expect(channelTable(rows).split("\n").slice(2)).toEqual([
      "| npm | [@acme/widget](https://www.npmjs.com/package/@acme/widget) | 1.2.3 | verified |",
      "| homebrew | w | 1.2.3 | skipped: asked so |",
    ]);
    expect(channelTable([])).toBe("");
  });

  test("marks a package that waits for approval, does not advertise it, and shows maintainers how to approve it", () => {
    const waiting = row({
      state: "awaiting-approval",
      approve: "npm stage approve 1b4e",
      url: "https://npm.example/w",
    });
    expect(channelTable([waiting]).split("\n")[2]).toBe(
      "| npm | [@acme/widget](https://npm.example/w) | 1.2.3 | waits for approval |",
    );
    expect(installCommands([waiting])).toBe("");
    expect(
      approvalList([row({}), waiting])
        .split("\n")
        .slice(2),
    ).toEqual(["- npm: [@acme/widget 1.2.3](https://npm.example/w) `npm stage approve 1b4e`"]);
    expect(approvalList([row({})])).toBe("");
  });

  test("escapes names from artifacts as data", () => {
    const hostile = row({ name: "<img src=x>|[a](javascript:1)" });
    expect(channelTable([hostile]).split("\n")[2]).toBe(
      "| npm | &lt;img src=x>\\|\\[a\\](javascript:1) | 1.2.3 | verified |",
    );
  });
});

describe("reading the release back", () => {
  const release: GitHubRelease = {
    id: 1,
    tag: "v1.2.3",
    body: "",
    isDraft: false,
    isPrerelease: false,
    url: "https://github.com/acme/widget/releases/tag/v1.2.3",
  };
  const names = plan.releases.flatMap(({ artifacts }) => artifacts.map(({ name }) => name));
  const checksums = new Map(names.map((name) => [name, "a".repeat(64)]));
  const assets = (change: Partial<ReleaseAsset> = {}, of = LINUX): ReleaseAsset[] =>
    names.map((name) => ({
      name,
      size: 10,
      state: "uploaded",
      digest: `sha256:${"a".repeat(64)}`,
      url: "",
      ...(name === of ? change : {}),
    }));
  const readBack = (found: readonly ReleaseAsset[], of: Partial<GitHubRelease> = {}, sums = checksums) =>
    readBackRelease(plan, { ...release, ...of }, found, sums, "acme/widget");

  test("verifies a whole release", () => {
    expect(readBack(assets())).toMatchObject({
      problems: [],
      row: { channel: "github", name: "acme/widget", version: "v1.2.3", state: "verified" },
    });
  });

  test("says when GitHub gives no checksum, or when the release is a draft", () => {
    expect(readBack(assets({ digest: undefined })).row).toMatchObject({
      state: "published",
      reason: "GitHub has no checksum for 1 archive",
    });
    expect(readBack(assets(), { isDraft: true }).row).toMatchObject({
      state: "planned",
      reason: "the release is a draft",
    });
  });

  test.each<[name: string, assets: readonly ReleaseAsset[], of: Partial<GitHubRelease>, message: string]>([
    [
      "a missing archive",
      assets().filter(({ name }) => name !== LINUX),
      {},
      `${LINUX} is not attached to the release v1.2.3`,
    ],
    ["a missing formula", assets().filter(({ name }) => name !== "widget.rb"), {}, "widget.rb is not attached"],
    ["an incomplete upload", assets({ state: "starter" }), {}, `${LINUX} is attached to v1.2.3, but has no content`],
    ["an empty file", assets({ size: 0 }), {}, "has no content"],
    ["other bytes", assets({ digest: `sha256:${"b".repeat(64)}` }), {}, `${LINUX} of v1.2.3 is sha256:bbb`],
    ["a pre-release flag that the plan does not have", assets(), { isPrerelease: true }, "is marked as a pre-release"],
  ])("finds %s", (_name, found, of, message) => {
    const { problems, row } = readBack(found, of);
    expect(problems.map((problem) => problem.message).join("\n")).toContain(message);
    expect(row.state).toBe("planned");
  });

  test("does not verify a file without a checksum from the build", () => {
    expect(readBack(assets(), {}, new Map()).problems[0]?.message).toContain(
      "there is no sha256 for widget-aarch64-apple-darwin.tar.xz",
    );
  });
});
