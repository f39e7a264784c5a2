import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type CommandResult, runCommand } from "@release-actions/command";
import {
  checkContract,
  type Libc,
  makeLauncher,
  type PackageFiles,
  type Product,
  parseWantedPlatform,
} from "@release-actions/npm";
import { describeWith } from "../../parts.ts";
import { killIfRunning } from "../../support/kill.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const PRODUCT: Product = {
  ...{ name: "widget", version: "1.0.0", binary: "widget-cli", fields: {} },
  about: { repository: "https://github.com/acme/widget" },
};
const HERE = `${process.platform}-${process.arch}`;

const root = temporaryFolder();
let count = 0;

/** Writes a launcher for these platforms, and beside it the packages with a program, where a client installs them. */
function install(
  platforms: readonly (readonly [text: string, libc?: Libc, glibc?: string])[],
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
  const wanted = platforms.map(([text, libc, glibc]) => ({
    wanted: parseWantedPlatform(text),
    needs: { libc, glibc, isStatic: libc === undefined },
  }));
  writeFileSync(file, makeLauncher(PRODUCT, wanted), { mode: 0o755 });
  return file;
}

const start = (file: string): Promise<CommandResult> => runCommand(process.execPath, [file], { check: false });

describe("the launcher of npm-publish", () => {
  test("starts the build for this machine's C library, also when a client installed both builds", async () => {
    const both = { [HERE]: "exit 10", [`${HERE}-musl`]: "exit 11" };
    const file = install(
      [
        [`${HERE}-musl`, "musl"],
        [HERE, "glibc"],
      ],
      both,
    );
    expect((await start(file)).exitCode).toBe(10);
    // A build that needs no C library runs anywhere.
    expect((await start(install([[`${HERE}-musl`]], both))).exitCode).toBe(11);
  });

  test.each<[what: string, platform: readonly [string, Libc?], message: string]>([
    ["this system", ["win32-x64"], `there is no build for ${HERE}, only for win32-x64`],
    ["this C library", [`${HERE}-musl`, "musl"], `there is no build for ${HERE} with glibc, only for ${HERE}-musl`],
  ])("names the existing builds when there is none for %s", async (_what, platform, message) => {
    const { exitCode, stderr } = await start(install([platform], {}));
    expect([exitCode, stderr]).toEqual([127, `widget-cli: ${message}\n`]);
  });

  test("names its variable after the program", async () => {
    const file = install([[HERE]], {});
    const env = { PATH: process.env["PATH"], WIDGET_CLI_BINARY: "/bin/echo" };
    expect((await runCommand(process.execPath, [file, "hello"], { env })).stdout).toBe("hello\n");
  });
});

/** Changes the launcher so that it runs as on a Node without `process.execve`. */
function forOldNode(file: string): string {
  const old = readFileSync(file, "utf8").replace(/const \{ execve \} = [^;]+;/, "const execve = undefined;");
  if (!old.includes("execve = undefined")) throw new Error("the launcher does not ask for execve as this test expects");
  writeFileSync(file, old);
  return file;
}

describe.each([
  ["becomes the program", (file: string) => file],
  ["stays beside it, on an old Node,", forOldNode],
] as const)("the launcher that %s", (how, prepare) => {
  test("keeps the contract: arguments, exit codes, signals to it and to its group, SIGPIPE", async () => {
    const file = prepare(install([[HERE]], {}));
    const manifest = { name: PRODUCT.name, version: PRODUCT.version, bin: { "widget-cli": "widget.js" } };
    const files: PackageFiles = new Map([
      ["package.json", { content: Buffer.from(JSON.stringify(manifest)), executable: false }],
      ["widget.js", { content: readFileSync(file), executable: true }],
    ]);
    const folder = mkdtempSync(path.join(root, "contract-"));
    const options = { run: runCommand, folder, node: process.execPath, searchPath: process.env["PATH"] };
    const weaknesses = await checkContract(files, PRODUCT, [`widget-${HERE}`], options);
    // A killed launcher that stays beside the program leaves the program running. `execve` avoids that.
    expect(weaknesses).toEqual(
      how === "becomes the program"
        ? []
        : ["SIGKILL to the launcher, which must leave no process running gave left behind, expected gone"],
    );
  });

  test("ends with each of the 256 exit codes", async () => {
    const file = prepare(install([[HERE]], { [HERE]: 'exit "$1"' }));
    const codes = Array.from({ length: 256 }, (_, code) => code);
    const found: number[] = [];
    for (let first = 0; first < codes.length; first += 8) {
      const batch = codes.slice(first, first + 8);
      const run = (code: number) => runCommand(process.execPath, [file, `${code}`], { check: false });
      found.push(...(await Promise.all(batch.map(run))).map(({ exitCode }) => exitCode));
    }
    expect(found).toEqual(codes);
  }, 120_000);
});

test("the launcher becomes the program's process, without Node's memory", async () => {
  const file = install([[HERE]], { [HERE]: "echo $$; cat /proc/$$/comm" });
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(child, "close");
  expect(output).toBe(`${child.pid}\nwidget-cli\n`);
});

test("says which glibc the program needs when the system's is older", async () => {
  const { exitCode, stderr } = await start(install([[HERE, "glibc", "9.1"]], { [HERE]: "exit 0" }));
  expect([exitCode, stderr]).toEqual([
    126,
    expect.stringMatching(/^widget-cli: the program needs glibc 9\.1 or newer, and this system has 2\./),
  ]);
  expect((await start(install([[HERE, "glibc", "2.29"]], { [HERE]: "exit 3" }))).exitCode).toBe(3);
});

test("starts the static build for Linux on Android, but not one that needs a C library", async () => {
  const android = (file: string): string => {
    const source = readFileSync(file, "utf8").replaceAll("process.platform", '"android"');
    writeFileSync(file, source);
    return file;
  };
  const both = { [HERE]: "exit 10", [`${HERE}-musl`]: "exit 11" };
  expect((await start(android(install([[HERE, "glibc"], [`${HERE}-musl`]], both)))).exitCode).toBe(11);
  const none = await start(android(install([[HERE, "glibc"]], both)));
  expect([none.exitCode, none.stderr]).toEqual([127, expect.stringContaining("there is no build for android-")]);
});

test("when `execve` fails, the launcher starts the program as a child process and says why that does not start", async () => {
  const cases: [string, Buffer | string, RegExp][] = [
    ["a script whose interpreter does not exist", "#!/nowhere/sh\n", /the loader it needs is not on this system/],
  ];
  for (const [what, content, words] of cases) {
    const file = install([[HERE]], { [HERE]: "" });
    writeFileSync(path.join(path.dirname(file), `node_modules/widget-${HERE}/bin/widget-cli`), content, {
      mode: 0o755,
    });
    const { exitCode, stderr } = await start(file);
    expect([what, exitCode, stderr]).toEqual([what, 126, expect.stringMatching(words)]);
  }
});

describeWith(["script"], "the launcher of npm-publish in a terminal", () => {
  const told =
    "n=0; trap 'n=$((n + 1)); echo interrupted' INT; echo ready $PPID $$; for i in 1 2 3 4 5 6 7 8; do sleep 0.2; done; exit $((10 + n))";

  /** Starts the launcher in a terminal, and calls a function once the program is ready. */
  async function inTerminal(
    command: string,
    act: (terminal: ChildProcess, pids: { readonly parent: number; readonly own: number }) => void,
  ): Promise<[number | null, number]> {
    const terminal = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    let acted = false;
    terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const [, parent, own] = /ready (\d+) (\d+)/.exec(output) ?? [];
      if (acted || own === undefined) return;
      acted = true;
      setTimeout(() => act(terminal, { parent: Number(parent), own: Number(own) }), 150);
    });
    const [code] = await once(terminal, "close");
    return [code, output.match(/interrupted/g)?.length ?? 0];
  }

  describe.each([
    ["becomes the program", (file: string) => file],
    ["stays beside it", forOldNode],
  ] as const)("that %s", (how, prepare) => {
    const file = () => prepare(install([[HERE]], { [HERE]: told }));
    const ctrlC = (terminal: ChildProcess) => void terminal.stdin?.write("\x03");

    test("passes on one interruption for one Ctrl-C", async () => {
      // `exec`: a shell between the two would be interrupted, too, and return its own exit code.
      expect(await inTerminal(`exec "${process.execPath}" "${file()}"`, ctrlC)).toEqual([11, 1]);
    });

    test("passes on one interruption for one Ctrl-C when its input is not a terminal", async () => {
      expect(await inTerminal(`exec "${process.execPath}" "${file()}" < /dev/null`, ctrlC)).toEqual([11, 1]);
    });

    test("passes on a signal that only the launcher gets, even when its input is a terminal", async () => {
      const kill = (_terminal: ChildProcess, { parent, own }: { parent: number; own: number }) =>
        void process.kill(how === "becomes the program" ? own : parent, "SIGINT");
      expect(await inTerminal(`exec "${process.execPath}" "${file()}"`, kill)).toEqual([11, 1]);
    });
  });

  test("that stays beside it recognizes a signal to the group, however late another process of the group ends", async () => {
    const file = forOldNode(install([[HERE]], { [HERE]: told }));
    let witness = 0;
    const ctrlC = (terminal: ChildProcess, { parent, own }: { parent: number; own: number }): void => {
      const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ").map(Number);
      witness = children.find((pid) => pid !== own) ?? 0;
      process.kill(witness, "SIGSTOP");
      terminal.stdin?.write("\x03");
    };
    try {
      expect(await inTerminal(`exec "${process.execPath}" "${file}"`, ctrlC)).toEqual([11, 1]);
    } finally {
      if (witness > 0) killIfRunning(witness);
    }
  });
});
