import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { GitError, gitEnvironment, remoteUrl } from "./environment.ts";
import { type GitOptions, listRefs, openGit, readRemote } from "./git.ts";
import { type GitServer, serveGit } from "./http-backend-fixture.ts";

const TOKEN = "ghs_SECRET";
const IDENTITY = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b" };
let folder: string;
let server: GitServer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "git-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env: { ...process.env, ...IDENTITY } });
  git("init", "--quiet", "--initial-branch=main", "work");
  git("-C", "work", "commit", "--quiet", "--allow-empty", "--message=first");
  for (let patch = 0; patch < 250; patch += 1) git("-C", "work", "tag", `v1.0.${patch}`);
  git("-C", "work", "tag", "--annotate", "--message=x", "v2.0.0");
  git("clone", "--quiet", "--bare", "work", "bare.git");
  git("-C", "bare.git", "config", "http.receivepack", "true");
  server = await serveGit(folder, TOKEN);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const waits: number[] = [];
const options = (change: Partial<GitOptions> = {}): GitOptions => ({
  run: runCommand,
  env: process.env,
  url: `${server.origin}/bare.git`,
  token: TOKEN,
  wait: async (ms) => waits.push(ms),
  ...change,
});

describe("openGit", () => {
  test("reads all tags of a private repository, and annotated tags once", async () => {
    const refs = await listRefs(openGit(options()), options(), "refs/tags/*");
    expect(refs.size).toBe(251);
    expect([...refs.keys()]).toContain("refs/tags/v1.0.249");
  });

  test("keeps the token out of arguments, URLs and the configuration of a clone", async () => {
    const commands: string[] = [];
    const run: GitOptions["run"] = (command, args, given) => {
      commands.push([command, ...args].join(" "));
      return runCommand(command, args, given);
    };
    const clone = path.join(folder, "clone");
    const git = openGit(options({ run }));
    await git(["clone", "--quiet", "--", `${server.origin}/bare.git`, clone]);
    const config = readFileSync(path.join(clone, ".git/config"), "utf8");
    const encoded = Buffer.from(`x-access-token:${TOKEN}`).toString("base64");
    for (const text of [config, ...commands]) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain(encoded);
    }
  });

  test("fails at once when the token is refused, and says which token is needed (F106)", async () => {
    waits.length = 0;
    const wrong = options({ token: "wrong" });
    const reading = listRefs(openGit(wrong), wrong, "refs/tags/*");
    await expect(reading).rejects.toMatchObject({
      message: `git cannot read ${server.origin}/bare.git`,
      advice: expect.stringContaining("works only for its own repository"),
    });
    expect(waits).toEqual([]);
  });

  test("retries while the server is overloaded, but not forever (F18, F19)", async () => {
    waits.length = 0;
    server.failNext(503, 2);
    expect((await listRefs(openGit(options()), options(), "refs/tags/v2*")).size).toBe(1);
    expect(waits).toHaveLength(2);
    server.failNext(503, 4);
    await expect(readRemote(openGit(options()), ["ls-remote", options().url], options())).rejects.toThrow(GitError);
    expect(waits).toHaveLength(5);
  });

  test("sends the token only to the remote's own host", () => {
    const env = gitEnvironment(
      { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "a.b", GIT_CONFIG_VALUE_0: "c" },
      { url: "https://github.com/acme/tap", token: TOKEN },
    );
    const headers = Object.entries(env).filter(([, value]) => value?.includes("extraHeader"));
    expect(headers.map(([, value]) => value)).toEqual([
      "http.https://github.com/.extraHeader",
      "http.https://github.com/.extraHeader",
    ]);
    expect(env).toMatchObject({ GIT_CONFIG_KEY_0: "a.b", GIT_CONFIG_COUNT: "7" });
  });

  test("drops settings that would print the token", () => {
    const env = gitEnvironment(
      { GIT_TRACE_CURL: "1", GIT_CURL_VERBOSE: "1" },
      { url: "https://github.com/a/b", token: TOKEN },
    );
    expect(env).toMatchObject({ GIT_TRACE_CURL: undefined, GIT_CURL_VERBOSE: undefined });
  });

  test.each(["http://github.com/acme/tap", "git@github.com:acme/tap", "/srv/tap.git"])(
    "refuses to send a token to %s",
    (url) => {
      expect(() => gitEnvironment({}, { url, token: TOKEN })).toThrow("tokens are sent over https only");
    },
  );
});

describe("remoteUrl", () => {
  test.each([
    ["acme/homebrew-tap", "https://github.com/acme/homebrew-tap.git"],
    ["https://git.acme.dev/tap", "https://git.acme.dev/tap"],
    ["git@github.com:acme/tap.git", "git@github.com:acme/tap.git"],
    ["/srv/tap.git", "/srv/tap.git"],
  ])("reads %s", (text, url) => {
    expect(remoteUrl(text, "https://github.com/")).toBe(url);
  });

  test.each(["--upload-pack=id", "ext::sh -c id", "ext::id", "a b/c", "https://u:secret@github.com/a/b"])(
    "refuses %s (F143)",
    (text) => {
      expect(() => remoteUrl(text, "https://github.com")).toThrow(GitError);
      expect(() => remoteUrl(text, "https://github.com")).not.toThrow("secret");
    },
  );
});
