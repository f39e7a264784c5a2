import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type CommandResult, runCommand } from "@release-actions/command";
import { CLIENTS } from "../../npm/clients.ts";
import { describeWith } from "../../parts.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { writeFiles } from "../../support/write-files.ts";
import { World } from "./world.ts";

jest.setTimeout(180_000);

describeWith(["cc"], "packages of npm-publish, installed by real clients", () => {
  let world: World;
  const root = temporaryFolder();
  let name: string;
  beforeAll(async () => {
    world = await World.start();
    name = world.newName();
    const step = await world.publish(name);
    if (step.conclusion !== "success") throw new Error(step.log);
  });
  afterAll(() => world.close());

  /** A fresh folder with a package.json and the given files. */
  function project(label: string, files: Readonly<Record<string, string>> = {}): string {
    const folder = path.join(root, label);
    // npm reads its registry from the environment, pnpm only from this file.
    const npmrc = `registry=${world.registry.origin}\n`;
    const dependent = JSON.stringify({ name: "dependent", version: "1.0.0", dependencies: { [name]: "1.2.3" } });
    writeFiles(folder, { "package.json": dependent, ".npmrc": npmrc, ...files });
    return folder;
  }

  /** The environment of a client: the test's registry, and a home and caches that all clients of this test share. */
  function env(): Record<string, string | undefined> {
    const home = path.join(root, "home");
    mkdirSync(home, { recursive: true });
    const { registry } = world;
    return {
      ...{ PATH: [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter), HOME: home },
      ...{
        XDG_CACHE_HOME: home,
        XDG_DATA_HOME: home,
        XDG_STATE_HOME: home,
        XDG_CONFIG_HOME: home,
        COREPACK_ENABLE_STRICT: "0",
      },
      ...{
        npm_config_registry: registry.origin,
        npm_config_cache: path.join(home, "npm"),
        npm_config_update_notifier: "false",
      },
      ...{ YARN_CACHE_FOLDER: path.join(home, "yarn"), npm_config_minimum_release_age: "0", CI: "true" },
    };
  }

  const client = (which: keyof typeof CLIENTS, cwd: string, ...args: string[]): Promise<CommandResult> =>
    runCommand(process.execPath, [CLIENTS[which], ...args], { cwd, env: env() });

  const run = (
    file: string,
    args: readonly string[],
    more: { input?: string; env?: object } = {},
  ): Promise<CommandResult> =>
    runCommand(file, args, { cwd: root, env: { ...env(), ...more.env }, check: false, input: more.input ?? "" });

  const bin = (folder: string): string => path.join(folder, "node_modules/.bin/widget");

  describe.each<["npm" | "pnpm" | "yarn", string[]]>([
    ["npm", ["install", "--no-audit"]],
    ["pnpm", ["install", "--no-frozen-lockfile"]],
    ["yarn", ["install", "--no-progress", "--network-concurrency", "1"]],
  ])("by %s", (which, install) => {
    let folder: string;
    beforeAll(async () => {
      folder = project(which);
      await client(which, folder, ...install);
    });

    test("starts the program with all of its arguments and its input, and ends with its exit code", async () => {
      const args = ["a b", "", "--flag=$HOME", "*", "--", "ü"];
      const { stdout } = await run(bin(folder), ["args", ...args]);
      expect(stdout).toBe(args.map((arg) => `[${arg}]\n`).join(""));
      expect((await run(bin(folder), ["cat"], { input: "line 1\nline 2" })).stdout).toBe("line 1\nline 2");
      expect((await run(bin(folder), ["exit", "7"])).exitCode).toBe(7);
    });

    test("ends as a shell would when a signal ends the program (misleads 3)", async () => {
      expect((await run(bin(folder), ["die", "9"])).exitCode).toBe(137);
      expect((await run(bin(folder), ["die", "15"])).exitCode).toBe(143);
    });
  });

  describe("by npm", () => {
    let folder: string;
    beforeAll(async () => {
      folder = project("npm-launcher");
      await client("npm", folder, "install");
    });

    test.each(["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const)(
      "passes %s on",
      async (signal) => {
        const child = spawn(bin(folder), ["wait"], { env: env(), stdio: ["ignore", "pipe", "inherit"] });
        const output = collect(child);
        await output.first;
        child.kill(signal);
        const [code] = await once(child, "close");
        const number = constants.signals[signal];
        expect([code, output.text()]).toEqual([50 + number, `ready\ngot ${String(number).padStart(2, "0")}\n`]);
      },
    );

    test("starts another program when the launcher's variable names one, and says so when that does not exist", async () => {
      const { stdout } = await run(bin(folder), ["hello"], { env: { WIDGET_BINARY: "/bin/echo" } });
      expect(stdout).toBe("hello\n");
      const { exitCode, stderr } = await run(bin(folder), [], { env: { WIDGET_BINARY: "/nowhere/widget" } });
      expect([exitCode, stderr]).toEqual([127, "widget: WIDGET_BINARY is /nowhere/widget, which does not exist\n"]);
    });

    test("gives the path of the program to code that imports the package", async () => {
      const { stdout } = await runCommand(process.execPath, ["-p", `require("${name}").findBinary()`], {
        cwd: folder,
        env: env(),
      });
      expect(stdout).toBe(`${path.join(folder, "node_modules", `${name}-linux-x64`, "bin/widget")}\n`);
    });

    test("says why a program does not start that is missing, or not executable, or lacks its loader (126, misleads 3)", async () => {
      const program = path.join(folder, "node_modules", `${name}-linux-x64`, "bin/widget");
      chmodSync(program, 0o644);
      const locked = await run(bin(folder), []);
      expect([locked.exitCode, locked.stderr]).toEqual([
        126,
        `widget: ${program} cannot run: it is not executable, or is on a file system that is mounted noexec\n`,
      ]);
      rmSync(program);
      const gone = await run(bin(folder), []);
      expect([gone.exitCode, gone.stderr]).toEqual([127, expect.stringContaining("is missing, though")]);
      // The program needs a loader that this machine lacks, as a musl program does on a system with glibc.
      const foreign = world.programs["x86_64-unknown-linux-gnu"].toString("latin1").replace("/ld-linux", "/ld-other");
      writeFileSync(program, foreign, { encoding: "latin1", mode: 0o755 });
      const broken = await run(bin(folder), []);
      expect([broken.exitCode, broken.stderr]).toEqual([126, expect.stringContaining("the loader it needs is not on")]);
    });
  });

  test.each<[string, string[]]>([
    ["without optional dependencies", ["--omit=optional"]],
    ["for another platform, as a lock file made there does", ["--os=darwin", "--cpu=arm64"]],
  ])("says why the program is missing when npm installed %s (127, misleads 3)", async (label, flags) => {
    const folder = project(label.replace(/\W+/g, "-"));
    await client("npm", folder, "install", ...flags);
    const { exitCode, stderr } = await run(bin(folder), []);
    expect(exitCode).toBe(127);
    expect(stderr).toContain(
      `widget: the package ${name}-linux-x64, which holds the program for linux-x64, is not installed`,
    );
    expect(stderr).toContain("--omit=optional");
    expect(stderr).toContain("was made on another platform");
  });

  test("installs offline from npm's cache, with the lock file of the first installation", async () => {
    const folder = project("offline");
    await client("npm", folder, "install");
    rmSync(path.join(folder, "node_modules"), { recursive: true });
    await client("npm", folder, "ci", "--offline");
    expect((await run(bin(folder), ["exit", "3"])).exitCode).toBe(3);
  });

  test("starts from a workspace, whose packages npm hoists", async () => {
    const member = JSON.stringify({ name: "member", version: "1.0.0", dependencies: { [name]: "1.2.3" } });
    const folder = project("workspace", {
      "package.json": JSON.stringify({ name: "root", private: true, workspaces: ["packages/*"] }),
      "packages/member/package.json": member,
    });
    await client("npm", folder, "install");
    expect(existsSync(path.join(folder, "packages/member/node_modules"))).toBe(false);
    expect((await run(bin(folder), ["exit", "4"])).exitCode).toBe(4);
  });

  test("starts when it is installed globally, and by npx", async () => {
    const prefix = path.join(root, "global");
    await client("npm", root, "install", "--global", "--prefix", prefix, `${name}@1.2.3`);
    expect((await run(path.join(prefix, "bin/widget"), ["exit", "5"])).exitCode).toBe(5);
    const folder = project("npx", { "package.json": "{}" });
    const args = [CLIENTS.npx, "--yes", `${name}@1.2.3`, "exit", "6"];
    const { exitCode } = await runCommand(process.execPath, args, { cwd: folder, env: env(), check: false });
    expect(exitCode).toBe(6);
  });

  test("starts under Yarn's Plug'n'Play, which keeps other packages in zips", async () => {
    const folder = project("berry", {
      "yarn.lock": "",
      ".yarnrc.yml": [
        `npmRegistryServer: "${world.registry.origin}"`,
        'unsafeHttpWhitelist: ["127.0.0.1"]',
        "nodeLinker: pnp\nenableTelemetry: false\nenableImmutableInstalls: false\nenableGlobalCache: false\nnpmMinimalAgeGate: 0\n",
      ].join("\n"),
    });
    await client("berry", folder, "install");
    expect(existsSync(path.join(folder, "node_modules"))).toBe(false);
    const yarn = (...args: string[]): Promise<CommandResult> =>
      runCommand(process.execPath, [CLIENTS.berry, "run", "widget", ...args], {
        cwd: folder,
        env: env(),
        check: false,
      });
    expect((await yarn("args", "a b", "*")).stdout).toBe("[a b]\n[*]\n");
    expect((await yarn("exit", "8")).exitCode).toBe(8);
  });
});

function collect(child: ChildProcess): { text: () => string; first: Promise<unknown> } {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return { text: () => text, first: child.stdout === null ? Promise.resolve() : once(child.stdout, "data") };
}
