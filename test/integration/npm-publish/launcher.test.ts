import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type CommandResult, runCommand } from "@release-actions/command";
import { type Libc, makeLauncher, type Product, parseWantedPlatform } from "@release-actions/npm";
import { describeWith } from "../../parts.ts";

const PRODUCT: Product = {
  ...{ name: "widget", version: "1.0.0", binary: "widget-cli", fields: {} },
  about: { repository: "https://github.com/acme/widget" },
};
const HERE = `${process.platform}-${process.arch}`;

let root: string;
let count = 0;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "launcher-"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A launcher for these platforms, beside the packages that have a program, as a client lays them out. */
function install(
  platforms: readonly (readonly [text: string, libc?: Libc])[],
  programs: Readonly<Record<string, string>>,
): string {
  count += 1;
  const modules = path.join(root, String(count), "node_modules");
  mkdirSync(modules, { recursive: true });
  for (const [platform, script] of Object.entries(programs)) {
    const folder = path.join(modules, `widget-${platform}`);
    mkdirSync(path.join(folder, "bin"), { recursive: true });
    writeFileSync(path.join(folder, "package.json"), "{}");
    writeFileSync(path.join(folder, "bin/widget-cli"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const file = path.join(root, String(count), "widget.js");
  const wanted = platforms.map(([text, libc]) => ({ wanted: parseWantedPlatform(text), libc }));
  writeFileSync(file, makeLauncher(PRODUCT, wanted), { mode: 0o755 });
  return file;
}

const start = (file: string): Promise<CommandResult> => runCommand(process.execPath, [file], { check: false });

describe("the launcher of npm-publish", () => {
  test("starts the build for this machine's C library, also where a client installed both", async () => {
    const both = { [HERE]: "exit 10", [`${HERE}-musl`]: "exit 11" };
    const file = install(
      [
        [`${HERE}-musl`, "musl"],
        [HERE, "glibc"],
      ],
      both,
    );
    expect((await start(file)).exitCode).toBe(10);
    // One that needs none runs anywhere.
    expect((await start(install([[`${HERE}-musl`]], both))).exitCode).toBe(11);
  });

  test.each<[what: string, platform: readonly [string, Libc?], message: string]>([
    ["this system", ["win32-x64"], `there is no build for ${HERE}, only for win32-x64`],
    ["this C library", [`${HERE}-musl`, "musl"], `there is no build for ${HERE} with glibc, only for ${HERE}-musl`],
  ])("says what there is when nothing was built for %s", async (_what, platform, message) => {
    const { exitCode, stderr } = await start(install([platform], {}));
    expect([exitCode, stderr]).toEqual([127, `widget-cli: ${message}\n`]);
  });

  test("names its variable after the program", async () => {
    const file = install([[HERE]], {});
    const env = { PATH: process.env["PATH"], WIDGET_CLI_BINARY: "/bin/echo" };
    expect((await runCommand(process.execPath, [file, "hello"], { env })).stdout).toBe("hello\n");
  });
});

describeWith(["script"], "the launcher of npm-publish in a terminal", () => {
  test("leaves it to the terminal to interrupt the program, which would else be told twice", async () => {
    const told = "trap 'echo interrupted' INT; echo ready; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2; done; exit 9";
    const file = install([[HERE]], { [HERE]: told });
    // `exec`: a shell that stayed between them would be interrupted too, and give its own exit code.
    const terminal = spawn("script", ["-qec", `exec "${process.execPath}" "${file}"`, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let output = "";
    terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (!output.includes("ready") && (output + text).includes("ready")) terminal.stdin.write("\x03");
      output += text;
    });
    const [code] = await once(terminal, "close");
    expect([code, output.match(/interrupted/g)]).toEqual([9, ["interrupted"]]);
  });
});
