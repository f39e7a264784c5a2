import { createHash } from "node:crypto";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { silentReporter } from "@release-actions/report";
import { githubToolCache, installTool, type PinnedTool } from "@release-actions/tools";
import { startServer } from "../stand-in/http.ts";

/** The real `@actions/tool-cache` with a server that answers with a redirect, as GitHub does for a release's files. */
test("a release archive is downloaded, compared with its digest, and kept in the tool cache", async () => {
  const body = gzipSync(Buffer.concat([tarFile("just-1.59.0/just", "#!/bin/sh\necho just 1.59.0\n"), TAR_END]));
  const asked: string[] = [];
  await using server = await startServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url === "/storage") response.end(body);
    else response.writeHead(302, { location: `http://${request.headers.host}/storage` }).end();
  });
  const url = `${server.origin}/{version}/just-{target}.tar.gz`;

  using tree = new FileTree({ "tools/.keep": "", "temp/.keep": "" });
  const before = { RUNNER_TOOL_CACHE: process.env["RUNNER_TOOL_CACHE"], RUNNER_TEMP: process.env["RUNNER_TEMP"] };
  Object.assign(process.env, { RUNNER_TOOL_CACHE: tree.path("tools"), RUNNER_TEMP: tree.path("temp") });
  try {
    const sha256 = { "1.59.0/musl": createHash("sha256").update(body).digest("hex") };
    const archive = { url, targets: { "linux-x64": "musl" }, sha256 };
    const pin: PinnedTool = { name: "just", version: "1.59.0", versionArgs: ["--version"], archive };
    const install = (pins: PinnedTool) =>
      installTool(
        { name: "just", version: "pinned" },
        {
          ...{
            run: runCommand,
            env: { PATH: "/usr/bin:/bin" },
            reporter: silentReporter,
            toolCache: githubToolCache(),
          },
          ...{
            folderCache: undefined,
            workFolder: tree.path("work"),
            platform: "linux-x64",
            pins: new Map([["just", pins]]),
          },
        },
      );
    const folder = path.join(tree.path("tools"), "just/1.59.0", process.arch, "bin");
    expect(await install(pin)).toMatchObject({ from: "release archive", folder });
    expect(await install(pin)).toMatchObject({ from: "tool cache", folder });
    expect(asked).toEqual(["/1.59.0/just-musl.tar.gz", "/storage"]);

    const changed = { ...pin, version: "1.58.0", archive: { ...archive, sha256: { "1.58.0/musl": "0".repeat(64) } } };
    await expect(install(changed)).rejects.toThrow(/has SHA-256 .*, expected 0{64}/);
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});
