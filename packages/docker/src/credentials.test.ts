import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { CommandRunner } from "@release-actions/command";
import { storedCredentials } from "./credentials.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "docker-config-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const noHelper: CommandRunner = () => Promise.reject(new Error("no helper was to be asked"));

async function stored(registry: string, config: unknown, run: CommandRunner = noHelper) {
  if (config !== undefined) await writeFile(path.join(folder, "config.json"), JSON.stringify(config));
  return await storedCredentials(registry, { env: { DOCKER_CONFIG: folder }, home: "/nowhere", run });
}

const auth = Buffer.from("octocat:pass:word").toString("base64");

describe("storedCredentials", () => {
  test("reads the credentials that `docker login` stored for a registry", async () => {
    const config = { auths: { "ghcr.io": { auth } } };
    expect(await stored("ghcr.io", config)).toEqual({ username: "octocat", password: "pass:word" });
    expect(await stored("quay.io", config)).toBeUndefined();
  });

  test("uses the name under which the client stores Docker Hub", async () => {
    const config = { auths: { "https://index.docker.io/v1/": { auth } } };
    expect(await stored("docker.io", config)).toMatchObject({ username: "octocat" });
  });

  test("asks the registry's credential helper, with the registry's name on standard input", async () => {
    const asked: unknown[] = [];
    const run: CommandRunner = async (command, args, options) => {
      asked.push(command, args, options?.input);
      return { exitCode: 0, stdout: '{"ServerURL":"x","Username":"u","Secret":"s"}', stderr: "" };
    };
    const config = { credsStore: "desktop", credHelpers: { "ghcr.io": "gh" } };
    expect(await stored("ghcr.io", config, run)).toEqual({ username: "u", password: "s" });
    await stored("quay.io", config, run);
    expect(asked).toEqual([
      "docker-credential-gh",
      ["get"],
      "ghcr.io",
      "docker-credential-desktop",
      ["get"],
      "quay.io",
    ]);
  });

  test("finds none when the helper has none, or when nobody logged in", async () => {
    const run: CommandRunner = async () => ({ exitCode: 1, stdout: "credentials not found", stderr: "" });
    expect(await stored("ghcr.io", { credsStore: "pass" }, run)).toBeUndefined();
    await rm(path.join(folder, "config.json"));
    expect(await stored("ghcr.io", undefined)).toBeUndefined();
  });

  test("refuses an entry that cannot be read, without showing it (F109)", async () => {
    const entry = Buffer.from("no colon").toString("base64");
    const failing = stored("ghcr.io", { auths: { "ghcr.io": { auth: entry } } });
    await expect(failing).rejects.toThrow(/not base64 of user:password/);
    await expect(failing).rejects.not.toThrow(/no colon/);
  });
});
