import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../parts.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import { ParcaStore } from "../stand-in/parca/store.ts";
import { Workbench } from "../support/compile.ts";
import { freePort } from "../support/free-port.ts";
import { rustEnv } from "../support/rust-env.ts";

const TOKEN = "parca-token-of-a-test";
const PROGRAMS = path.join(import.meta.dirname, "../stand-in/parca/bin");
const POLL_MS = 50;
const NAMES = ["server", "cli", "tool"] as const;
jest.setTimeout(180_000);

const TOOLS = [
  "gcc",
  "go",
  "rustc",
  "objcopy",
  "curl",
  "debuginfod",
  "debuginfod-find",
  "gdb",
  "eu-readelf",
  "eu-unstrip",
];

/** A real debuginfod serves the files that the store received, as the store's own server would. */
describeWith(TOOLS, "debug-symbols, with elfutils' debuginfod and gdb", () => {
  let bench: Workbench;
  let store: ParcaStore;
  let github: GitHub;
  let server: ChildProcess;
  let url: string;
  let timer: NodeJS.Timeout;
  const served = (): string => bench.path("served");

  beforeAll(async () => {
    bench = new Workbench({
      "a.go": "package main\n\nfunc main() { println() }\n",
      "go.mod": "module a\n\ngo 1.21\n",
      "a.c":
        '#include <stdio.h>\n\nint twice(int x) {\n  return 2 * x;\n}\n\nint main(int c, char **v) {\n  printf("%d\\n", twice(c));\n}\n',
      "a.rs": 'fn main() {\n    println!("{}", std::env::args().count());\n}\n',
      "served/.keep": "",
    });
    await bench.run("gcc -g -O0 -Wl,--build-id=sha1 a.c -o server");
    await bench.run("rustc -g -C link-arg=-Wl,--build-id a.rs -o cli");
    await bench.run("go build -ldflags=-B=gobuildid -o tool .", { CGO_ENABLED: "0" });
    [store, github] = await Promise.all([ParcaStore.start(TOKEN), startGitHub()]);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = spawn("debuginfod", ["-d", ":memory:", "-p", String(port), "-t", "1", "-F", served()], {
      stdio: "ignore",
    });
    timer = setInterval(serveUploads, POLL_MS);
    timer.unref();
  }, 300_000);
  afterEach(() => store.reset());
  afterAll(async () => {
    clearInterval(timer);
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
    await Promise.all([store.close(), github.close()]);
    bench[Symbol.dispose]();
  });

  function serveUploads(): void {
    for (const [id, { content, finished }] of store.uploads) {
      const file = path.join(served(), `${id}.debug`);
      if (finished && !existsSync(file)) writeFileSync(file, content);
    }
  }

  async function run<T>(
    inputs: Readonly<Record<string, string>>,
    look: (step: StepResult, output: string) => Promise<T>,
  ): Promise<T> {
    await using job = await Job.open({ env: github.env(github.addRun()) });
    mkdirSync(job.file("bin"));
    for (const name of NAMES) {
      copyFileSync(bench.path(name), job.file("bin", name));
    }
    const env = { ...rustEnv(), PATH: `${PROGRAMS}:${process.env["PATH"]}` };
    const defaults = { token: TOKEN, "store-address": store.address, "debuginfod-url": url };
    const step = await job.step("debug-symbols", { inputs: { ...defaults, ...inputs }, env });
    return await look(step, job.file("debug-symbols"));
  }

  test("debuginfod serves the debug files of a C, a Rust and a Go program, and debuggers use them", async () => {
    await run({ binaries: NAMES.map((name) => `bin/${name}`).join("\n"), required: "true" }, async (step, output) => {
      expect([step.conclusion, step.annotations]).toEqual(["success", []]);
      const ids: Record<string, string> = JSON.parse(step.outputs["build-ids"] ?? "");
      const cache = { ...process.env, DEBUGINFOD_URLS: url, DEBUGINFOD_CACHE_PATH: bench.path("cache"), LC_ALL: "C" };
      for (const name of NAMES) {
        const [stripped, debug] = [path.join(output, name), path.join(output, `${name}.debug`)];
        expect((await runCommand("eu-readelf", ["-n", stripped])).stdout).toContain(`Build ID: ${ids[name]}`);
        const found = await runCommand("debuginfod-find", ["debuginfo", stripped], { env: cache });
        expect(readFileSync(found.stdout.trim()).equals(readFileSync(debug))).toBe(true);
        // The stripped program and its debug file can be joined again, and the DWARF of the result names the source.
        const whole = bench.path(`${name}.whole`);
        await runCommand("eu-unstrip", ["-o", whole, stripped, debug]);
        const dwarf = await runCommand("eu-readelf", ["--debug-dump=line", whole]);
        expect(dwarf.stdout).toMatch(name === "server" ? /\ba\.c\b/ : name === "cli" ? /\ba\.rs\b/ : /\ba\.go\b/);
      }
      // gdb has only the stripped program and asks the server for the debug file.
      const alone = bench.path("alone");
      copyFileSync(path.join(output, "server"), alone);
      const batch = ["-nx", "-batch", "-iex", "set debuginfod enabled on", "-ex", "info line twice", alone];
      expect((await runCommand("gdb", batch, { env: cache })).stdout).toMatch(/Line 3 of "a\.c"/);
    });
  });

  test("the shipped script downloads the debug file to where gdb looks for it, beside the program", async () => {
    await run({ binaries: "bin/server", required: "true" }, async (step, output) => {
      expect(step.conclusion).toBe("success");
      const alone = bench.path("shipped/server");
      mkdirSync(path.dirname(alone), { recursive: true });
      copyFileSync(path.join(output, "server"), alone);
      const script = path.join(output, "usr/local/bin/download-server-debug-symbols.sh");
      await runCommand(script, [path.join(path.dirname(alone), ".debug")]);
      const batch = ["-nx", "-batch", "-ex", "info line twice", alone];
      expect((await runCommand("gdb", batch)).stdout).toMatch(/Line 3 of "a\.c"/);
    });
  });
});
