import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { readDebugLink, readElf } from "@release-actions/elf";
import { describeWith } from "../parts.ts";
import { readArtifact } from "../release/hosting.ts";
import { Job, type StepOptions, type StepResult } from "../runner/job.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import { startServer } from "../stand-in/http.ts";
import { ParcaStore } from "../stand-in/parca/store.ts";
import { Workbench } from "../support/compile.ts";
import { rustEnv } from "../support/rust-env.ts";

const TOKEN = "parca-token-of-a-test";
const PROGRAMS = path.join(import.meta.dirname, "../stand-in/parca/bin");
const C =
  '#include <stdio.h>\nint twice(int x) { return 2 * x; }\nint main(int c, char **v) { printf("%d\\n", twice(c)); }\n';

describeWith(["gcc", "go", "rustc", "objcopy", "readelf", "curl"], "debug-symbols", () => {
  let bench: Workbench;
  let store: ParcaStore;
  let github: GitHub;
  const buildIds: Record<string, string> = {};
  beforeAll(async () => {
    bench = new Workbench({
      "a.go": "package main\n\nfunc main() { println() }\n",
      "go.mod": "module a\n\ngo 1.21\n",
      "a.c": C,
      "a.rs": 'fn main() { println!("{}", std::env::args().count()); }\n',
    });
    await bench.run("gcc -g -Wl,--build-id=sha1 a.c -o server");
    await bench.run("gcc -g -Wl,--build-id=none a.c -o anonymous");
    await bench.run("gcc -Wl,--build-id=sha1 a.c -o plain");
    await bench.run("gcc -g -c a.c -o object.o");
    await bench.run("rustc -g -C link-arg=-Wl,--build-id a.rs -o cli");
    const arm = { GOOS: "linux", GOARCH: "arm64", CGO_ENABLED: "0" };
    await bench.run("go build -ldflags=-B=gobuildid -o server-arm64 .", arm);
    // Split the programs as a Dockerfile does.
    await bench.run("objcopy --only-keep-debug server server.debug");
    await bench.run("objcopy --strip-all --add-gnu-debuglink=server.debug server stripped");
    await bench.run("objcopy --strip-all server unlinked");
    await bench.run("rustc -C link-arg=-Wl,--build-id a.rs -o std-only");
    for (const kind of ["packed", "unpacked"]) {
      await bench.run(`rustc -g -C split-debuginfo=${kind} -C link-arg=-Wl,--build-id a.rs -o split-${kind}`);
    }
    await bench.run("gcc -g -gsplit-dwarf -Wl,--build-id=sha1 a.c -o split-c");
    for (const name of ["server", "cli"]) {
      buildIds[name] = /Build ID: ([0-9a-f]+)/.exec(await bench.run(`readelf --notes ${name}`))?.[1] ?? "";
    }
    store = await ParcaStore.start(TOKEN);
    github = await startGitHub();
  }, 300_000);
  afterAll(async () => {
    bench[Symbol.dispose]();
    await store.close();
    await github.close();
  });
  beforeEach(() => store.reset());

  interface Setting {
    /** The files of the workspace: for each path, the file of the bench that is copied there. */
    readonly files?: Readonly<Record<string, string>>;
    readonly inputs?: Readonly<Record<string, string>>;
    /** Whether PATH lacks the stand-in of parca-debuginfo. */
    readonly bare?: true;
    readonly stop?: StepOptions["stop"];
  }

  /** Runs the action, then calls `look` while the workspace and the run still exist. */
  async function run<T>(
    { files = { server: "server" }, inputs = {}, bare, stop }: Setting,
    look: (step: StepResult, job: Job, artifact: (name: string, file: string) => Promise<Buffer>) => T | Promise<T>,
  ): Promise<T> {
    const gitHubRun = github.addRun();
    await using job = await Job.open({ env: github.env(gitHubRun) });
    for (const [to, from] of Object.entries(files)) {
      await runCommand("install", ["-D", bench.path(from), job.file(to)]);
    }
    // The toolchains of this machine, since a job has a home of its own.
    const env = { ...rustEnv(), PATH: bare ? process.env["PATH"] : `${PROGRAMS}:${process.env["PATH"]}` };
    const defaults = {
      ...{ binaries: "server", token: TOKEN, "store-address": store.address, "debuginfod-url": store.debuginfod },
    };
    const step = await job.step("debug-symbols", { inputs: { ...defaults, ...inputs }, env, ...(stop && { stop }) });
    return await look(step, job, (name, file) => readArtifact(github, gitHubRun, name, file));
  }

  const warnings = ({ annotations }: StepResult): string[] =>
    annotations.filter(({ level }) => level === "warning").map(({ message }) => message);

  test("splits a C and a Rust program, uploads both, and finds both by build id", async () => {
    const files = { "bin/server": "server", "bin/cli": "cli" };
    await run({ files, inputs: { binaries: "bin" } }, async (step, job) => {
      expect([step.conclusion, step.annotations]).toEqual(["success", []]);
      expect(JSON.parse(step.outputs["build-ids"] ?? "")).toEqual(buildIds);
      expect(step.outputs["uploaded"]).toBe("true");
      const output = job.file("debug-symbols");
      for (const name of ["server", "cli"]) {
        const [stripped, debug] = [path.join(output, name), path.join(output, `${name}.debug`)];
        const { stdout } = await runCommand("readelf", [
          "--wide",
          "--sections",
          "--notes",
          "--string-dump=.gnu_debuglink",
          stripped,
        ]);
        expect(stdout).toContain(`Build ID: ${buildIds[name]}`);
        expect(stdout).toContain(`${name}.debug`);
        expect(stdout).not.toMatch(/\.symtab|\.debug_info/);
        expect((await runCommand(stripped, ["one"])).stdout).toBe(name === "cli" ? "2\n" : "4\n");
        // The debug file contains what debuggers read: DWARF that names the source.
        const dwarf = await runCommand("readelf", ["--debug-dump=info", debug]);
        expect(dwarf.stdout).toContain(name === "cli" ? "a.rs" : "a.c");
        const section = await readDebugLink(await readElf(memorySource(readFileSync(stripped))));
        expect(section).toEqual({ file: `${name}.debug`, crc32: crc32(readFileSync(debug)) });
        const upload = store.uploads.get(buildIds[name] ?? "");
        expect(upload?.finished).toBe(true);
        expect(upload?.content.equals(readFileSync(debug))).toBe(true);
      }
      expect(store.asked.sort()).toEqual(
        Object.values(buildIds)
          .map((id) => `/buildid/${id}/debuginfo`)
          .sort(),
      );
      expect(step.summary).toMatch(/\| binary \| in the store \| (served \| )?debug file \| machine \| build ID \|/);
      expect(step.summary).toContain(buildIds["cli"]);
      // The program gets the token in its environment.
      expect(step.masks).toContain(TOKEN);
      expect(step.output.replaceAll(`::add-mask::${TOKEN}`, "")).not.toContain(TOKEN);
      expect(readdirSync(output).filter((name) => name.endsWith(".part"))).toEqual([]);
    });
  });

  test("the script fetches the debug file, and keeps nothing else (misleads 19)", async () => {
    await run({}, async (_step, job) => {
      const place = "usr/local/bin/download-server-debug-symbols.sh";
      const script = job.file("debug-symbols", place);
      const folder = path.join(job.temp, "symbols");
      const fetchSymbols = (...args: string[]) => runCommand(script, args, { check: false });
      expect(await fetchSymbols(folder)).toMatchObject({ exitCode: 0, stdout: `${folder}/server.debug\n` });
      expect(
        readFileSync(path.join(folder, "server.debug")).equals(
          store.uploads.get(buildIds["server"] ?? "")?.content ?? Buffer.of(),
        ),
      ).toBe(true);
      // Without a folder it goes beside the binary, where debuggers look.
      expect(await fetchSymbols()).toMatchObject({ exitCode: 0 });
      expect(existsSync(path.join(path.dirname(script), ".debug/server.debug"))).toBe(true);
      for (const serving of ["page", "other-file", "nothing"] as const) {
        store.serving = serving;
        const other = path.join(job.temp, serving);
        const result = await fetchSymbols(other);
        expect(result.exitCode).not.toBe(0);
        expect(result.stderr).not.toBe("");
        expect(readdirSync(other)).toEqual([]);
      }
    });
  });

  test("retries a temporary failure, and waits until debuginfod serves the file", async () => {
    store.failures.push({ method: "ShouldInitiateUpload", code: "Unavailable", message: "try later" });
    store.unready = 1;
    await run({}, (step) => {
      expect(step).toMatchObject({ conclusion: "success", annotations: [], outputs: { uploaded: "true" } });
      expect(step.log).toContain("code = Unavailable desc = try later");
      expect(store.calls.filter((method) => method === "ShouldInitiateUpload")).toHaveLength(2);
    });
  });

  test("succeeds when the store already has the file", async () => {
    await run({}, () => undefined);
    await run({}, (step) => {
      expect(step).toMatchObject({ conclusion: "success", annotations: [], outputs: { uploaded: "true" } });
      expect(store.calls.filter((method) => method === "Upload")).toHaveLength(1);
    });
  });

  test("a cancelled upload leaves nothing half done (F84)", async () => {
    store.stalls = true;
    await run({ stop: { when: /^\[command\]parca-debuginfo/ } }, (step, job) => {
      expect(step.conclusion).toBe("cancelled");
      expect(step.stopMs).toBeLessThan(7000);
      expect(readdirSync(job.file("debug-symbols")).sort()).toEqual(["server", "server.debug", "usr"]);
      expect(store.uploads.size).toBe(0);
    });
  });

  test("a refused token is not tried again; the artifact keeps the debug files, and the step succeeds", async () => {
    await run({ inputs: { token: "stale-token" } }, async (step, job, artifact) => {
      expect([step.conclusion, step.outputs["uploaded"]]).toEqual(["success", "false"]);
      expect(warnings(step)).toEqual([expect.stringContaining("code = Unauthenticated desc = invalid token")]);
      expect(step.output.replaceAll("::add-mask::stale-token", "")).not.toContain("stale-token");
      expect(store.calls).toEqual(["ShouldInitiateUpload"]);
      expect(store.asked).toEqual([]);
      writeFileSync(path.join(job.temp, "kept.tar.gz"), await artifact("debug-symbols", "debug-symbols.tar.gz"));
      await runCommand("tar", ["--extract", "--file", "kept.tar.gz"], { cwd: job.temp });
      const kept = readFileSync(path.join(job.temp, "server.debug"));
      expect(kept.equals(readFileSync(job.file("debug-symbols/server.debug")))).toBe(true);
    });
  });

  test("a failed upload does not count as present in the store, and fails the step with `required`", async () => {
    store.failures.push({ method: "MarkUploadFinished", code: "Unavailable", message: "gone" });
    store.failures.push({ method: "Upload", code: "Unavailable", message: "gone" });
    await run({ inputs: { required: "true" } }, (step) => {
      expect([step.conclusion, step.outputs["uploaded"]]).toEqual(["failure", "false"]);
      expect(step.annotations.map(({ message }) => message).join("\n")).toMatch(/still in-progress and not stale/);
      expect(JSON.parse(step.outputs["build-ids"] ?? "")).toEqual({ server: buildIds["server"] });
    });
  });

  test.each([
    ["no token", { token: "" }, undefined, /the input `token` is empty/],
    ["no program", {}, true as const, /parca-debuginfo cannot be started/],
  ])("reports %s, and does the rest", async (_case, inputs, bare, message) => {
    await run({ inputs, ...(bare && { bare }) }, async (step, job, artifact) => {
      expect([step.conclusion, step.outputs["uploaded"]]).toEqual(["success", "false"]);
      expect(warnings(step)).toEqual([expect.stringMatching(message)]);
      expect(existsSync(job.file("debug-symbols/server.debug"))).toBe(true);
      expect((await artifact("debug-symbols", "debug-symbols.tar.gz")).length).toBeGreaterThan(0);
    });
  });

  test("downloads the program from its URL, and runs it only when it has the expected SHA-256 (F133)", async () => {
    const program = `#!/bin/sh\nexec "${PROGRAMS}/parca-debuginfo" "$@"\n`;
    await using server = await startServer((_request, response) => response.end(program));
    const sha256 = createHash("sha256").update(program).digest("hex");
    const uploads: (string | undefined)[] = [];
    const cases = [sha256, "0".repeat(64), ""].map((hash) => `${server.origin}/parca-debuginfo#sha256=${hash}`);
    const said: string[] = [];
    for (const given of cases) {
      await run({ inputs: { "parca-debuginfo": given }, bare: true }, (step) => {
        uploads.push(step.outputs["uploaded"]);
        said.push(...warnings(step));
      });
      store.reset();
    }
    expect(uploads).toEqual(["true", "false", "false"]);
    expect(said).toEqual([
      expect.stringContaining(`has SHA-256 ${sha256}, expected 0000`),
      expect.stringContaining("expected https://…#sha256=<64 hex characters>"),
    ]);
  });

  test.each(["page", "other-file"] as const)("fails when debuginfod serves something else: %s", async (serving) => {
    store.serving = serving;
    await run({ inputs: { required: "true" } }, (step) => {
      expect([step.conclusion, step.outputs["uploaded"]]).toEqual(["failure", "true"]);
      const said = serving === "page" ? /no ELF file: <html>please log in/ : /an ELF file without that build id/;
      expect(step.annotations[0]?.message).toMatch(said);
    });
  });

  test("replaces a stripped file in the store with the debug file, but only with `force: true`", async () => {
    const id = buildIds["server"] ?? "";
    const poor = { id: "upload-0", content: readFileSync(bench.path("stripped")), finished: true };
    store.uploads.set(id, { ...poor });
    await run({ inputs: { required: "true" } }, (step) => {
      expect(step.conclusion).toBe("failure");
      expect(step.annotations[0]?.message).toMatch(/a stripped file of that build id[\s\S]*set `force: true`/);
    });
    await run({ inputs: { required: "true", force: "true" } }, (step, job) => {
      expect([step.conclusion, step.annotations]).toEqual(["success", []]);
      const debug = readFileSync(job.file("debug-symbols/server.debug"));
      expect(store.uploads.get(id)?.content.equals(debug)).toBe(true);
    });
  });

  test("the script does not keep a stripped file", async () => {
    await run({}, async (_step, job) => {
      const script = job.file("debug-symbols/usr/local/bin/download-server-debug-symbols.sh");
      store.uploads.set(buildIds["server"] ?? "", {
        id: "x",
        content: readFileSync(bench.path("stripped")),
        finished: true,
      });
      const folder = path.join(job.temp, "poor");
      const result = await runCommand(script, [folder], { check: false });
      expect([result.exitCode, readdirSync(folder)]).toEqual([1, []]);
      expect(result.stderr).toContain("has no debug information: nothing was kept");
    });
  });

  test.each([
    ["split-packed", /is split: 1 of its \d+ units is in a file such as .*\.dwo[\s\S]*split-debuginfo = "off"/],
    ["split-unpacked", /is split: 1 of its \d+ units/],
    ["split-c", /is split: 1 of its 1 unit is/],
    ["std-only", /Rust's standard library, not for its own code[\s\S]*CARGO_PROFILE_RELEASE_DEBUG/],
  ])("refuses debug information that is in other files or not of the program's own code: %s", async (name, message) => {
    await run({ files: { server: name } }, (step) => {
      expect(step.conclusion).toBe("failure");
      expect(step.annotations[0]?.message).toMatch(message);
      expect(store.calls).toEqual([]);
    });
  });

  test("leaves out object files beside programs of a folder", async () => {
    await run({ files: { "bin/server": "server", "bin/a.o": "object.o" }, inputs: { binaries: "bin" } }, (step) => {
      expect([step.conclusion, Object.keys(JSON.parse(step.outputs["build-ids"] ?? ""))]).toEqual([
        "success",
        ["server"],
      ]);
    });
  });

  test("splits a program for another architecture; one script downloads the debug files of both", async () => {
    const files = { "all/amd64/server": "server", "all/arm64/server": "server-arm64" };
    await run({ files, inputs: { binaries: "all", "store-address": "none" } }, async (step, job) => {
      expect([step.conclusion, step.annotations]).toEqual(["success", []]);
      const ids: Record<string, string> = JSON.parse(step.outputs["build-ids"] ?? "");
      const { stdout } = await runCommand("readelf", [
        ...["--file-header", "--notes", "--sections"],
        job.file("debug-symbols/arm64/server"),
      ]);
      expect(stdout).toMatch(/Machine: +AArch64/);
      expect(stdout).toContain(`Build ID: ${ids["arm64/server"]}`);
      expect(stdout).toContain(".gnu_debuglink");
      const script = readFileSync(job.file("debug-symbols/usr/local/bin/download-server-debug-symbols.sh"), "utf8");
      expect(script).toContain(`x86_64) build_id=${ids["amd64/server"]} ;;`);
      expect(script).toContain(`aarch64) build_id=${ids["arm64/server"]} ;;`);
    });
  });

  test("accepts debug files that were split before, and requires that the shipped program belongs to them", async () => {
    const files = {
      "symbols/server.debug": "server.debug",
      "image/usr/bin/server": "stripped",
      "image/bin/cli": "cli",
    };
    await run({ files, inputs: { binaries: "symbols", shipped: "image" } }, (step, job) => {
      expect([step.conclusion, step.annotations]).toEqual(["success", []]);
      expect(JSON.parse(step.outputs["build-ids"] ?? "")).toEqual({ server: buildIds["server"] });
      expect(step.log).toContain("server is shipped stripped, as usr/bin/server");
      const debug = readFileSync(job.file("debug-symbols/server.debug"));
      expect(debug.equals(readFileSync(bench.path("server.debug")))).toBe(true);
    });
  });

  test.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    ["not stripped", { i: "server" }, {}, /i is not stripped: it has symbols/],
    ["without a debuglink", { i: "unlinked" }, {}, /i has no debuglink, expected one to server\.debug/],
    ["another build", { i: "cli" }, {}, /image holds no file with the build id of server/],
  ])("fails when what is shipped is %s", async (_case, image, inputs, message) => {
    const shipped = Object.fromEntries(Object.entries(image).map(([to, from]) => [`image/${to}`, from]));
    const files = { "symbols/server.debug": "server.debug", ...shipped };
    await run({ files, inputs: { binaries: "symbols", shipped: "image", ...inputs } }, (step) => {
      expect(step.conclusion).toBe("failure");
      expect(step.annotations[0]?.message).toMatch(message);
      expect(store.calls).toEqual([]);
    });
  });

  test("fails when a debuglink leads to another debug file (B180)", async () => {
    const files = { "symbols/server.debug": "server.debug", "symbols/server": "stripped" };
    const touched = bench.path("touched.debug");
    copyFileSync(bench.path("server.debug"), touched);
    writeFileSync(touched, "\0", { flag: "a" });
    await run(
      { files: { ...files, "symbols/server.debug": "touched.debug" }, inputs: { binaries: "symbols" } },
      (step) => {
        expect(step.conclusion).toBe("failure");
        expect(step.annotations[0]?.message).toMatch(
          /the debuglink of server is server\.debug with CRC [0-9a-f]{8}, expected/,
        );
      },
    );
  });

  test.each<[string, string, RegExp]>([
    ["has no build ID", "anonymous", /has no build ID, which/],
    ["has no debug information", "plain", /has symbols, but no debug information/],
    ["is an object file", "object.o", /is of the type relocatable/],
    ["is a script (B161)", "a.c", /this is not an ELF file/],
  ])("refuses a file that %s", async (_case, from, message) => {
    await run({ files: { server: from } }, (step) => {
      expect(step.conclusion).toBe("failure");
      expect(step.annotations[0]?.message).toMatch(message);
    });
  });
});
