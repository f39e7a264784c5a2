import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Job, type StepResult } from "../runner/job.ts";
import { startGitHub } from "../stand-in/github.ts";
import { type LocalServer, startServer } from "../stand-in/http.ts";

const github = await startGitHub();
afterAll(() => github.close());

const GITHUB = "https://github.com/acme/widget/releases/download";
const GATEWAY = "https://acme.gateway.scarf.sh/widget";

interface Setting {
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the action, passes the job's workspace to `look`, and cleans up. */
async function rewrite(
  setting: Setting,
  look: (step: StepResult, workspace: string) => unknown = () => undefined,
): Promise<StepResult> {
  await using job = await Job.open({ env: { GITHUB_REPOSITORY: "acme/widget", ...setting.env } });
  job.write(setting.files ?? {});
  const step = await job.step("scarf-rewrite", { inputs: { gateway: GATEWAY, ...setting.inputs } });
  await look(step, job.workspace);
  return step;
}

const README = `# Widget\r\n\r\n[Linux](${GITHUB}/v1.2.3/widget.tar.xz) ([sha256](${GITHUB}/v1.2.3/widget.tar.xz.sha256))\r\nno line end`;

describe("scarf-rewrite", () => {
  test("rewrites files in place, changes no other byte or mode, and says where", async () => {
    const files = {
      "README.md": README,
      "docs/a.json": JSON.stringify({ url: `${GITHUB}/v1/a.zip` }),
      "docs/bin.dat": Buffer.of(0xff, 0x80),
    };
    await rewrite({ files, inputs: { files: "README.md\ndocs/*\n" } }, async (step, workspace) => {
      expect(step.conclusion).toBe("success");
      expect(step.outputs).toMatchObject({ count: "2", changed: "2" });
      expect(JSON.parse(step.outputs["urls"] ?? "")).toContainEqual({
        file: "README.md",
        line: 3,
        from: `${GITHUB}/v1.2.3/widget.tar.xz`,
        to: `${GATEWAY}/v1.2.3/widget.tar.xz`,
      });
      expect(readFileSync(path.join(workspace, "README.md"), "utf8")).toBe(
        README.replace(`${GITHUB}/v1.2.3/widget.tar.xz)`, `${GATEWAY}/v1.2.3/widget.tar.xz)`),
      );
      expect(readFileSync(path.join(workspace, "docs/bin.dat"))).toEqual(Buffer.of(0xff, 0x80));
      expect(readdirSync(workspace)).toEqual(["README.md", "docs"]);
    });
  });

  test("changes nothing the second time, and `reverse` restores the same bytes", async () => {
    await using job = await Job.open({ env: { GITHUB_REPOSITORY: "acme/widget" } });
    const file = job.file("README.md");
    writeFileSync(file, README);
    chmodSync(file, 0o755);
    const run = (mode: string) => job.step("scarf-rewrite", { inputs: { gateway: GATEWAY, files: "README.md", mode } });
    expect((await run("write")).outputs).toMatchObject({ count: "1", changed: "1" });
    expect((await run("write")).outputs).toMatchObject({ count: "1", changed: "0" });
    expect((await run("check")).conclusion).toBe("success");
    expect((await run("reverse")).outputs).toMatchObject({ count: "1", changed: "1" });
    expect(readFileSync(file, "utf8")).toBe(README);
    expect(statSync(file).mode & 0o777).toBe(0o755);
  });

  test("with `check`, points at the remaining line, and writes nothing", async () => {
    await rewrite({ files: { "README.md": README }, inputs: { files: "*.md", mode: "check" } }, (step, workspace) => {
      expect(step.conclusion).toBe("failure");
      expect(step.annotations).toContainEqual(expect.objectContaining({ level: "error", file: "README.md", line: 3 }));
      expect(step.outputs["changed"]).toBe("1");
      expect(readFileSync(path.join(workspace, "README.md"), "utf8")).toBe(README);
    });
  });

  test("with `print`, only shows the changes", async () => {
    await rewrite({ files: { "README.md": README }, inputs: { files: "*.md", mode: "print" } }, (step, workspace) => {
      expect(step.conclusion).toBe("success");
      expect(step.log).toContain(`README.md:3: ${GITHUB}/v1.2.3/widget.tar.xz -> ${GATEWAY}/v1.2.3/widget.tar.xz`);
      expect(readFileSync(path.join(workspace, "README.md"), "utf8")).toBe(README);
    });
  });

  test("keeps GitHub as the mirror of a formula", async () => {
    const formula = `class Widget < Formula\n  url "${GITHUB}/v1/widget.tar.xz"\n  sha256 "x"\nend\n`;
    const inputs = { files: "Formula/*.rb", mirror: "true" };
    await rewrite({ files: { "Formula/widget.rb": formula }, inputs }, (_step, workspace) => {
      expect(readFileSync(path.join(workspace, "Formula/widget.rb"), "utf8")).toBe(
        `class Widget < Formula\n  url "${GATEWAY}/v1/widget.tar.xz"\n  mirror "${GITHUB}/v1/widget.tar.xz"\n  sha256 "x"\nend\n`,
      );
    });
  });

  test.each<[name: string, setting: Setting, message: string]>([
    [
      "nothing found, because silence would lose the statistics",
      { files: { "README.md": "nothing" }, inputs: { files: "*.md" } },
      "found 0 downloads of acme/widget in README.md, expected at least 1",
    ],
    [
      "fewer than the expected number",
      { files: { "README.md": README }, inputs: { files: "*.md", min: "2" } },
      "found 1 download of acme/widget in README.md, expected at least 2",
    ],
    [
      "a glob without a match",
      { files: { "README.md": README }, inputs: { files: "*.md\nFormula/*.rb" } },
      'no file matches "Formula/*.rb"',
    ],
    ["no files and no release", {}, "neither `files` nor `release` is given"],
    [
      "a gateway that is not a URL",
      { files: { "README.md": README }, inputs: { files: "*.md", gateway: "scarf" } },
      'the gateway "scarf" is not a URL',
    ],
    [
      "no gateway (misleads 20)",
      { inputs: { files: "*.md", gateway: "" } },
      "input `gateway` is required and was not given, or is empty",
    ],
    [
      "an unknown mode",
      { inputs: { files: "*.md", mode: "fix" } },
      'input `mode` is "fix": expected one of write, check, print, reverse',
    ],
    [
      "an invalid repository",
      { files: { "README.md": README }, inputs: { files: "*.md", repository: "widget" } },
      '"widget" is not a repository',
    ],
  ])("fails with %s, and does not change the files", async (_name, setting, message) => {
    await rewrite(setting, (step, workspace) => {
      expect(step.conclusion).toBe("failure");
      expect(step.annotations.map((annotation) => annotation.message).join("\n")).toContain(message);
      for (const [name, content] of Object.entries(setting.files ?? {})) {
        expect(readFileSync(path.join(workspace, name), "utf8")).toBe(content);
      }
    });
  });

  test("does not follow a symbolic link out of the workspace (F97)", async () => {
    await using job = await Job.open({ env: { GITHUB_REPOSITORY: "acme/widget" } });
    const outside = path.join(job.temp, "outside.md");
    writeFileSync(outside, README);
    symlinkSync(outside, job.file("README.md"));
    const step = await job.step("scarf-rewrite", { inputs: { gateway: GATEWAY, files: "*.md" } });
    expect(step.conclusion).toBe("failure");
    expect(readFileSync(outside, "utf8")).toBe(README);
  });

  test("the default of `exclude` is the package's list of checksums and signatures", async () => {
    const { CHECKSUMS_AND_SIGNATURES } = await import("@release-actions/download-urls");
    const { contract } = await import("../../actions/scarf-rewrite/src/action.gen.ts");
    expect(contract.inputs.exclude.default.split(" ")).toEqual(CHECKSUMS_AND_SIGNATURES);
  });
});

describe("scarf-rewrite with verify: head", () => {
  let server: LocalServer;
  let origin: string;
  /** The gateway, on the same server as the stand-in but under another host name. */
  let gateway: string;
  /** The file that each path of the gateway redirects to. */
  const targets = new Map<string, string>();
  const asked: string[] = [];

  beforeAll(async () => {
    server = await startServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const target = targets.get(request.url ?? "");
      if (target !== undefined) response.writeHead(302, { location: `${origin}${target}` }).end();
      else if (request.url?.startsWith("/acme/")) response.writeHead(200, { "content-length": 4711 }).end();
      else response.writeHead(404).end();
    });
    ({ origin } = server);
    gateway = `${origin.replace("127.0.0.1", "localhost")}/gateway`;
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const verify = (look: (step: StepResult, text: string) => void) =>
    rewrite(
      {
        files: {
          "README.md": `${origin}/acme/widget/releases/download/v1/a.zip ${origin}/acme/widget/releases/download/v$VERSION/b.zip`,
        },
        inputs: { files: "*.md", verify: "head", gateway },
        env: { GITHUB_SERVER_URL: origin },
      },
      (step, workspace) => look(step, readFileSync(path.join(workspace, "README.md"), "utf8")),
    );

  test("accepts a redirect to the replaced file, and says which URLs cannot be checked", async () => {
    targets.set("/gateway/v1/a.zip", "/acme/widget/releases/download/v1/a.zip");
    asked.length = 0;
    await verify((step, text) => {
      expect(step.conclusion).toBe("success");
      expect(text).toBe(`${gateway}/v1/a.zip ${gateway}/v$VERSION/b.zip`);
      expect(step.annotations).toEqual([
        expect.objectContaining({
          level: "warning",
          message: expect.stringContaining("v$VERSION/b.zip has a placeholder"),
        }),
      ]);
    });
    expect(asked).toContain("HEAD /gateway/v1/a.zip");
  });

  test("refuses a redirect to another file, and writes nothing", async () => {
    targets.set("/gateway/v1/a.zip", "/acme/widget/releases/download/v1/b.zip");
    await verify((step, text) => {
      expect(step.conclusion).toBe("failure");
      expect(step.log).toContain("/gateway/v1/a.zip leads to");
      expect(text).toContain(`${origin}/acme/widget/releases/download/v1/a.zip`);
    });
  });
});

describe("scarf-rewrite of a release's notes", () => {
  async function rewriteNotes(permission: "read" | "write", body = `Get ${GITHUB}/v1.2.3/widget.tar.xz.\r\n`) {
    const repository = github.addRepository(`acme/r${github.world.nextId()}`, { immutableReleases: true });
    const sha = github.addCommit(repository, { ref: "refs/heads/main" }).sha;
    const admin = github.token(repository, { contents: "write" });
    const created = await fetch(`${github.origin}/repos/${repository.fullName}/releases`, {
      method: "POST",
      headers: { authorization: `Bearer ${admin}` },
      body: JSON.stringify({
        tag_name: "v1.2.3",
        target_commitish: "main",
        body: body.replaceAll("acme/widget/", `${repository.fullName}/`),
      }),
    });
    expect(created.status).toBe(201);
    const newer = await fetch(`${github.origin}/repos/${repository.fullName}/releases`, {
      method: "POST",
      headers: { authorization: `Bearer ${admin}` },
      body: JSON.stringify({ tag_name: "v1.3.0", target_commitish: "main" }),
    });
    expect(newer.status).toBe(201);
    const run = github.addRun({ repository: repository.fullName, headSha: sha });
    const env = github.env(run, undefined, { permissions: { contents: permission } });
    const step = await rewrite({ inputs: { release: "v1.2.3" }, env });
    return { step, notes: repository.releases[0]?.body, latest: github.world.latestRelease(repository)?.tagName };
  }

  test("updates the notes on GitHub, also of an immutable release, and does not change the latest release", async () => {
    const { step, notes, latest } = await rewriteNotes("write");
    expect(step.conclusion).toBe("success");
    expect(latest).toBe("v1.3.0");
    expect(notes).toBe(`Get ${GATEWAY}/v1.2.3/widget.tar.xz.\r\n`);
    expect(step.summary).toContain("the notes of v1.2.3");
  });

  test("says which permission is missing (F105)", async () => {
    const { step, notes } = await rewriteNotes("read");
    expect(step.conclusion).toBe("failure");
    expect(step.log).toMatch(/GitHub answers 403 to PATCH .*Give the job the permission/s);
    expect(notes).toContain("https://github.com/acme/");
  });

  test("names a release that does not exist", async () => {
    const env = github.env(github.addRun({ repository: "acme/empty" }), undefined, {
      permissions: { contents: "read" },
    });
    const step = await rewrite({ inputs: { release: "v9.9.9" }, env });
    expect(step.log).toContain("acme/empty has no release v9.9.9");
  });
});
