import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "@jest/globals";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { createPlainRelease, uploadArtifact } from "../release/hosting.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { startGitHub } from "../stand-in/github.ts";
import type { Repository } from "../stand-in/model.ts";

const github = await startGitHub();
afterAll(() => github.close());

interface Setting {
  readonly version?: string;
  /** The notes of the release before the step. */
  readonly body?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Files that are not attached to the release. */
  readonly missing?: readonly string[];
  readonly permission?: "read" | "write";
  /** Changes the manifests of cargo-dist. */
  readonly manifest?: (base: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Other tags of the repository. */
  readonly tags?: readonly string[];
  /** The tags among these that have releases. They were published earlier, and none was set as the latest. */
  readonly withReleases?: readonly string[];
  readonly immutable?: boolean;
  /** Rows that publishers have already written into the ledger. */
  readonly ledger?: readonly object[];
}

/** The notes that cargo-dist wrote, according to its manifests. */
const BODY = "# from cargo-dist\n";

const content = (name: string): string => `content of ${name}`;
const sha256 = (name: string): string => createHash("sha256").update(content(name)).digest("hex");

/** Creates a release of the plan in the stand-in of GitHub, and runs the action on it. */
async function announce(
  setting: Setting = {},
): Promise<{ step: StepResult; repository: Repository; again: () => Promise<StepResult> }> {
  const { version = "1.2.3", body = BODY, permission = "write" } = setting;
  const repository = github.addRepository(`acme/r${github.world.nextId()}`);
  repository.immutableReleases = setting.immutable === true;
  for (const other of setting.tags ?? []) github.addCommit(repository, { ref: `refs/tags/${other}` });
  const tag = `v${version}`;
  const { sha } = github.addCommit(repository, { ref: `refs/tags/${tag}` });
  const run = github.addRun({ repository: repository.fullName, headSha: sha, headBranch: `refs/tags/${tag}` });
  const manifestOf = (sums?: typeof sha256): Record<string, unknown> => {
    const base = makeManifest({
      version,
      repository: repository.fullName,
      ...(sums === undefined ? {} : { sha256: sums }),
    });
    return { announcement_github_body: BODY, ...base, ...setting.manifest?.(base) };
  };
  const manifest = manifestOf(sha256);
  const names = Object.keys(manifest["artifacts"] as object).filter((name) => setting.missing?.includes(name) !== true);
  const files = new Map(names.map((name) => [name, Buffer.from(content(name))]));
  const writer = github.token(repository, { contents: "write" });
  for (const other of setting.withReleases ?? []) {
    await createPlainRelease(github, repository, writer, other, new Map(), { prerelease: other.includes("-") });
  }
  await createPlainRelease(github, repository, writer, tag, files, { body, prerelease: version.includes("-") });
  await uploadArtifact(github, run, "artifacts-dist-manifest", [["dist-manifest.json", JSON.stringify(manifest)]]);
  if (setting.ledger !== undefined) {
    const page = JSON.stringify({ ledger: 1, attempt: 1, rows: setting.ledger });
    await uploadArtifact(github, run, "ledger-test-1-a", [["ledger.json", page]]);
  }
  const once = async (): Promise<StepResult> => {
    await using job = await Job.open({ env: github.env(run, undefined, { permissions: { contents: permission } }) });
    writeFileSync(job.file("plan.json"), JSON.stringify(manifestOf()));
    job.write(setting.files ?? {});
    return await job.step("release-notes", { inputs: { plan: "plan.json", ...setting.inputs } });
  };
  return { step: await once(), repository, again: once };
}

const at = "2026-01-02T03:04:05Z";
const notesOf = (repository: Repository): string => repository.releases.at(-1)?.body ?? "";

describe("release-notes", () => {
  test("joins the repository's own text, the published channels and the downloads", async () => {
    const { step, repository } = await announce({
      inputs: { "notes-file": "v{version}.md", "scarf-gateway": "https://acme.gateway.scarf.sh/widget" },
      files: { "v1.2.3.md": "Faster by half.\n" },
      ledger: [
        { channel: "image", name: "ghcr.io/acme/widget", version: "1.2.3", state: "verified", at },
        { channel: "npm", name: "@acme/widget", version: "1.2.3", state: "planned", at },
      ],
    });
    expect(step.conclusion).toBe("success");
    const notes = notesOf(repository);
    expect(notes).toContain("<!-- section notes -->\nFaster by half.\n<!-- end notes -->");
    expect(notes).toContain("docker pull ghcr.io/acme/widget:1.2.3");
    expect(notes).not.toContain("npm install");
    expect(notes).toContain(
      `https://acme.gateway.scarf.sh/widget/v1.2.3/widget-x86_64-unknown-linux-gnu.tar.xz) | \`${sha256("widget-x86_64-unknown-linux-gnu.tar.xz")}\``,
    );
    expect(notes).toContain("| npm | @acme/widget | 1.2.3 | planned |");
    expect(step.outputs).toMatchObject({ changed: "true", notes });
    expect(
      JSON.parse(step.outputs["ledger"] ?? "").map(
        (row: { channel: string; state: string }) => `${row.channel} ${row.state}`,
      ),
    ).toEqual(["github verified", "image verified", "npm planned"]);
  });

  test("waits for other publishers, and continues without them after the time limit", async () => {
    const ledger = [
      { channel: "chart", name: "oci://ghcr.io/acme/charts/widget", version: "1.2.3", state: "verified", at },
    ];
    const { step, repository } = await announce({ inputs: { "wait-for": "test npm", "wait-timeout": "0" }, ledger });
    expect(step).toMatchObject({ conclusion: "success", outputs: { changed: "true" } });
    expect(step.annotations).toEqual([
      expect.objectContaining({
        level: "warning",
        message: "nothing was published to npm within 0 s: the notes are written without it",
      }),
    ]);
    expect(notesOf(repository)).toContain("| chart | oci://ghcr.io/acme/charts/widget | 1.2.3 | verified |");
  });

  test("changes nothing the second time, and keeps what people wrote around the sections", async () => {
    const { repository, again } = await announce();
    const release = repository.releases[0];
    if (release === undefined) throw new Error("no release");
    release.body = `Read this first!\n\n${release.body}\nThanks.`;
    const edited = release.body;
    expect((await again()).outputs["changed"]).toBe("false");
    expect(release.body).toBe(edited);
  });

  test("keeps what people wrote earlier, also above the text of cargo-dist, and replaces only the latter", async () => {
    const { repository } = await announce({ body: `Read this first!\r\n\r\n${BODY}` });
    expect(notesOf(repository)).toMatch(/^Read this first!\n\n<!-- section notes -->/);
    expect(notesOf(repository)).not.toContain("# from cargo-dist");
  });

  test("puts its sections after notes that somebody wrote by hand", async () => {
    const { repository } = await announce({ body: "By hand, every word.\n" });
    expect(notesOf(repository)).toMatch(/^By hand, every word\.\n\n<!-- section notes -->/);
  });

  test("does not change a section that a person changed, and says so", async () => {
    const { repository, again } = await announce({ inputs: { "notes-file": "n.md" }, files: { "n.md": "Faster.\n" } });
    const release = repository.releases[0];
    if (release === undefined) throw new Error("no release");
    release.body = release.body.replace("Faster.", "Faster, thanks to Ann.");
    const step = await again();
    expect(step.annotations[0]).toMatchObject({
      level: "warning",
      message: expect.stringContaining("people changed notes in the notes of v1.2.3"),
    });
    expect(release.body).toContain("Faster, thanks to Ann.");
  });

  test("works in the same way on immutable releases, whose notes can be changed", async () => {
    const { step, repository, again } = await announce({ immutable: true });
    expect(repository.releases[0]?.immutable).toBe(true);
    expect(step).toMatchObject({ conclusion: "success", outputs: { changed: "true", latest: "true" } });
    expect((await again()).outputs["changed"]).toBe("false");
  });

  test("cuts a text that is too long before a heading, and links to the rest", async () => {
    const words = `# One\n\n${"x".repeat(60_000)}\n\n# Two\n\n${"\u{1F600}".repeat(60_000)}\n\n# Three\n\n${"z".repeat(60_000)}\n`;
    const { step, repository } = await announce({ inputs: { "notes-file": "n.md" }, files: { "n.md": words } });
    expect(step.conclusion).toBe("success");
    expect(step.annotations[0]?.message).toContain("exceed GitHub's limit");
    expect(notesOf(repository)).toContain("# Two");
    expect(notesOf(repository)).not.toContain("# Three");
    expect(notesOf(repository)).toContain(
      `[The rest of these notes](https://github.com/${repository.fullName}/blob/v1.2.3/n.md)`,
    );
    expect([...notesOf(repository)].length).toBeLessThanOrEqual(125_000);
  });

  test("shows the installers' commands from cargo-dist, the attestations, and the changes since the previous release", async () => {
    const installers = {
      "widget-installer.sh": {
        name: "widget-installer.sh",
        kind: "installer",
        install_hint: "curl -LsSf https://x.example/i.sh | sh",
        description: "Install prebuilt binaries via shell script",
      },
      "widget-x86_64-pc-windows-msvc.msi": {
        name: "widget-x86_64-pc-windows-msvc.msi",
        kind: "installer",
        target_triples: ["x86_64-pc-windows-msvc"],
      },
    };
    const { repository } = await announce({
      tags: ["v1.2.2", "v1.1.9", "v1.2.3-rc.1", "sdk-v1.2.2"],
      manifest: ({ artifacts, releases }) => ({
        artifacts: { ...(artifacts as object), ...installers },
        releases: (releases as { artifacts: string[] }[]).map((one) => ({
          ...one,
          artifacts: [...one.artifacts, ...Object.keys(installers)],
        })),
        github_attestations: true,
      }),
    });
    const notes = notesOf(repository);
    expect(notes).toContain(
      "### Install prebuilt binaries via shell script\n\n```sh\ncurl -LsSf https://x.example/i.sh | sh\n```",
    );
    expect(notes).toContain(
      `### msi for Windows, x86-64\n\n[widget-x86_64-pc-windows-msvc.msi](https://github.com/${repository.fullName}/releases/download/v1.2.3/widget-x86_64-pc-windows-msvc.msi)`,
    );
    expect(notes).toContain(`gh attestation verify <file> --repo ${repository.fullName}`);
    expect(notes).toContain(`[v1.2.2...v1.2.3](https://github.com/${repository.fullName}/compare/v1.2.2...v1.2.3)`);
  });

  test.each<[name: string, setting: Setting, latest: string | undefined]>([
    ["the highest full release is the latest", { tags: ["v1.2.2", "v1.3.0-rc.1"] }, "v1.2.3"],
    ["a backport is not", { tags: ["v1.3.0"] }, "v1.3.0"],
    ["a candidate is not", { version: "1.3.0-rc.1", tags: ["v1.2.3"] }, "v1.2.3"],
    ["a build of a version is not", { version: "1.2.3+hotfix.1", tags: ["v1.2.3"] }, "v1.2.3"],
    ["unless the input says so", { tags: ["v1.3.0"], inputs: { latest: "true" } }, "v1.2.3"],
  ])("decides like release-channel which release GitHub shows as the latest: %s", async (_name, setting, latest) => {
    const { step, repository } = await announce({ ...setting, withReleases: setting.tags ?? [] });
    expect(step.conclusion).toBe("success");
    expect(github.world.latestRelease(repository)?.tagName).toBe(latest);
    expect(step.outputs["latest"]).toBe(String(latest === `v${setting.version ?? "1.2.3"}`));
  });

  test("refuses two drafts of one tag, and names them", async () => {
    const { repository, again } = await announce();
    for (const release of repository.releases) release.draft = true;
    const [first] = repository.releases;
    if (first === undefined) throw new Error("no release");
    repository.releases.push({ ...first, id: first.id + 1, body: "another" });
    const step = await again();
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(`${repository.fullName} has 2 drafts of v1.2.3: https://github.com/`);
    expect(first.body).not.toBe("another");
  });

  test("replaces only the section asked for", async () => {
    const body =
      "By hand.\n\n<!-- section downloads -->\nold\n<!-- end downloads -->\n<!-- section channels -->\nkept\n<!-- end channels -->\n";
    const { repository } = await announce({ body, inputs: { section: "downloads" } });
    expect(notesOf(repository)).toMatch(/^By hand\.\n\n<!-- section downloads -->\n## Download widget 1\.2\.3/);
    expect(notesOf(repository)).toContain("<!-- section channels -->\nkept\n<!-- end channels -->");
  });

  test("uses the repository's own template", async () => {
    const { repository } = await announce({
      inputs: { template: "notes.tmpl.md" },
      files: { "notes.tmpl.md": "# {{ app }} {{ version }} of {{ repository }}\n" },
    });
    expect(notesOf(repository)).toBe(`# widget 1.2.3 of ${repository.fullName}\n`);
  });

  test("shows the notes in a dry run, without the permission to write them", async () => {
    const { step, repository } = await announce({ permission: "read", inputs: { "dry-run": "true" } });
    expect(step.conclusion).toBe("success");
    expect(step.outputs["notes"]).toContain("## Download widget 1.2.3");
    expect(step.summary).toContain("## Download widget 1.2.3");
    expect(notesOf(repository)).toBe("# from cargo-dist\n");
  });

  test("lets a pre-release go without the file of its notes", async () => {
    const { step } = await announce({ version: "1.3.0-rc.1", inputs: { "notes-file": "v{version}.md" } });
    expect(step.conclusion).toBe("success");
    expect(step.log).toContain("there is no v1.3.0-rc.1.md");
  });

  test.each<[name: string, setting: Setting, message: string]>([
    [
      "an archive that is not attached",
      { missing: ["widget-aarch64-apple-darwin.tar.xz"] },
      "widget-aarch64-apple-darwin.tar.xz is not attached to the release v1.2.3",
    ],
    [
      "a stable release without the file of its notes",
      { inputs: { "notes-file": "v{version}.md" } },
      "there is no v1.2.3.md, expected the notes of 1.2.3 in it",
    ],
    [
      "an invalid placeholder",
      { inputs: { template: "t.md" }, files: { "t.md": "{{ changelog }}" } },
      "the placeholder {{ changelog }}",
    ],
    ["a template that does not exist", { inputs: { template: "gone.md" } }, "gone.md"],
    ["an invalid section", { inputs: { section: "thanks" } }, "the template has no section thanks"],
    [
      "notes that are too long for GitHub, without a place to cut them",
      { inputs: { "notes-file": "n.md" }, files: { "n.md": "x".repeat(130_000) } },
      "but GitHub accepts at most 125000",
    ],
    ["a token without permission to write", { permission: "read" }, "Give the job the permission"],
  ])("does not change the notes with %s", async (_name, setting, message) => {
    const { step, repository } = await announce(setting);
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
    expect(step.log).not.toContain("This is a bug");
    expect(notesOf(repository)).toBe("# from cargo-dist\n");
  });
});
