import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { createPlainRelease, uploadArtifact } from "../release/hosting.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import type { Repository } from "../stand-in/model.ts";

let github: GitHub;
beforeAll(async () => {
  github = await startGitHub();
});
afterAll(() => github.close());

interface Setting {
  readonly version?: string;
  /** What the notes of the release are before. */
  readonly body?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Files that are not attached. */
  readonly missing?: readonly string[];
  readonly permission?: "read" | "write";
  /** Rows of the ledger, written by publishers before. */
  readonly ledger?: readonly object[];
}

const content = (name: string): string => `content of ${name}`;
const sha256 = (name: string): string => createHash("sha256").update(content(name)).digest("hex");

/** A release of the plan in the stand-in, and the action on it. */
async function announce(
  setting: Setting = {},
): Promise<{ step: StepResult; repository: Repository; again: () => Promise<StepResult> }> {
  const { version = "1.2.3", body = "# from cargo-dist\n", permission = "write" } = setting;
  const repository = github.addRepository(`acme/r${github.world.nextId()}`);
  const tag = `v${version}`;
  const { sha } = github.addCommit(repository, { ref: `refs/tags/${tag}` });
  const run = github.addRun({ repository: repository.fullName, headSha: sha, headBranch: `refs/tags/${tag}` });
  const manifest = makeManifest({ version, sha256 });
  const names = Object.keys(manifest["artifacts"] as object).filter((name) => setting.missing?.includes(name) !== true);
  const files = new Map(names.map((name) => [name, Buffer.from(content(name))]));
  const writer = github.token(repository, { contents: "write" });
  await createPlainRelease(github, repository, writer, tag, files, { body, prerelease: version.includes("-") });
  await uploadArtifact(github, run, "artifacts-dist-manifest", [["dist-manifest.json", JSON.stringify(manifest)]]);
  if (setting.ledger !== undefined) {
    const page = JSON.stringify({ ledger: 1, attempt: 1, rows: setting.ledger });
    await uploadArtifact(github, run, "ledger-test-1-a", [["ledger.json", page]]);
  }
  const once = async (): Promise<StepResult> => {
    const job = await Job.open({ env: github.env(run, undefined, { permissions: { contents: permission } }) });
    try {
      writeFileSync(path.join(job.workspace, "plan.json"), JSON.stringify(makeManifest({ version })));
      for (const [name, text] of Object.entries(setting.files ?? {}))
        writeFileSync(path.join(job.workspace, name), text);
      return await job.step("release-notes", { inputs: { plan: "plan.json", ...setting.inputs } });
    } finally {
      await job.close();
    }
  };
  return { step: await once(), repository, again: once };
}

const at = "2026-01-02T03:04:05Z";
const notesOf = (repository: Repository): string => repository.releases[0]?.body ?? "";

describe("release-notes", () => {
  test("joins the repository's own words, what is published and what can be downloaded", async () => {
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

  test("waits for others that publish beside it, and goes without them when the time is over", async () => {
    const ledger = [
      { channel: "chart", name: "oci://ghcr.io/acme/charts/widget", version: "1.2.3", state: "verified", at },
    ];
    const { step, repository } = await announce({ inputs: { "wait-for": "test npm", "wait-timeout": "0" }, ledger });
    expect(step).toMatchObject({ conclusion: "success", outputs: { changed: "true" } });
    expect(step.annotations).toEqual([
      expect.objectContaining({
        level: "warning",
        message: "nothing was published to npm within 0 s: the notes go without",
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

  test("replaces only the section asked for", async () => {
    const body =
      "By hand.\n\n<!-- section downloads -->\nold\n<!-- end downloads -->\n<!-- section channels -->\nkept\n<!-- end channels -->\n";
    const { repository } = await announce({ body, inputs: { section: "downloads" } });
    expect(notesOf(repository)).toMatch(/^By hand\.\n\n<!-- section downloads -->\n## Download widget 1\.2\.3/);
    expect(notesOf(repository)).toContain("<!-- section channels -->\nkept\n<!-- end channels -->");
  });

  test("uses a template of one's own", async () => {
    const { repository } = await announce({
      inputs: { template: "notes.tmpl.md" },
      files: { "notes.tmpl.md": "# {{ app }} {{ version }} of {{ repository }}\n" },
    });
    expect(notesOf(repository)).toBe(`# widget 1.2.3 of ${repository.fullName}\n`);
  });

  test("shows the notes in a dry run, and needs no right to write them", async () => {
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
      "a placeholder that is none",
      { inputs: { template: "t.md" }, files: { "t.md": "{{ changelog }}" } },
      "the placeholder {{ changelog }}",
    ],
    ["a template that is not there", { inputs: { template: "gone.md" } }, "gone.md"],
    ["a section that is none", { inputs: { section: "thanks" } }, "the template has no section thanks"],
    [
      "notes that are too long for GitHub",
      { inputs: { "notes-file": "n.md" }, files: { "n.md": "x".repeat(130_000) } },
      "and GitHub takes 125000",
    ],
    ["no right to write", { permission: "read" }, "Give the job the permission"],
  ])("leaves the notes as they were with %s", async (_name, setting, message) => {
    const { step, repository } = await announce(setting);
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
    expect(step.log).not.toContain("This is a bug");
    expect(notesOf(repository)).toBe("# from cargo-dist\n");
  });
});
