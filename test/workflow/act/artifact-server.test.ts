import { createHash, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../../parts.ts";
import { freePort } from "../../support/free-port.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describeWith(["act", "git"], "the artifact server of act", () => {
  const folder = temporaryFolder();

  test("serves an artifact without ranges, length or digest, and the download is complete", async () => {
    // Store the artifact where act's upload would. The current published client cannot upload to act 0.2.89, which
    // refuses `mime_type`.
    const content = randomBytes(3_000_000);
    const store = path.join(folder, "store");
    await mkdir(path.join(store, "1/restate.tar"), { recursive: true });
    await writeFile(path.join(store, "1/restate.tar/restate.tar.zip"), content);
    const script = path.join(import.meta.dirname, "read-artifact.ts");
    const repository = await repositoryWith(`${process.execPath} ${script} restate.tar`);
    const { stdout } = await runCommand(
      "act",
      [
        ...["push", "--platform", "ubuntu-latest=-self-hosted", "--artifact-server-path", store],
        ...["--artifact-server-addr", "127.0.0.1", "--artifact-server-port", String(await freePort())],
      ],
      { cwd: repository },
    );
    expect(stdout).toContain(`read sequential sha256:${createHash("sha256").update(content).digest("hex")}`);
  }, 120_000);

  /** A repository with one workflow that runs this command. */
  async function repositoryWith(command: string): Promise<string> {
    const repository = path.join(folder, "repository");
    await mkdir(path.join(repository, ".github/workflows"), { recursive: true });
    const job = { "runs-on": "ubuntu-latest", steps: [{ run: command }] };
    await writeFile(
      path.join(repository, ".github/workflows/ci.yml"),
      JSON.stringify({ on: "push", jobs: { read: job } }),
    );
    const git = (...args: string[]) => runCommand("git", args, { cwd: repository });
    await git("init", "--quiet");
    await git("add", ".");
    await git("-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", "start");
    return repository;
  }
});
