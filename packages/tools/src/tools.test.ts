import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { TAR_END, tarFile } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { silentReporter } from "@release-actions/report";
import { githubFolderCache, isTagRun } from "./github-services.ts";
import { installTool } from "./install.ts";
import { PINNED_TOOLS, type PinnedTool } from "./pinned.ts";
import type { ToolServices } from "./services.ts";

let root = "";
let log: string[] = [];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "tools-"));
  log = [];
  for (const folder of ["path", "work", "cache"]) mkdirSync(path.join(root, folder));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const script = (version: string): string => `#!/bin/sh\necho "just ${version}"\n`;

/** Writes a program `<folder>/just` that prints this version. */
function program(folder: string, version: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "just"), script(version));
  chmodSync(path.join(folder, "just"), 0o755);
}

/** Writes a cargo whose `install` creates such a program and logs its arguments. */
function cargo(version: string): void {
  const file = path.join(root, "path/cargo");
  const made = `printf '%s' '${script(version)}' > "$4/bin/just"`;
  writeFileSync(
    file,
    `#!/bin/sh\necho "$@ [$RUSTFLAGS]" > ${root}/cargo.log\nmkdir -p "$4/bin"\n${made}\nchmod 755 "$4/bin/just"\n`,
  );
  chmodSync(file, 0o755);
}

function archive(version: string, name = "just"): { bytes: Buffer; sha256: string } {
  const body = Buffer.from(script(version));
  const bytes = gzipSync(Buffer.concat([tarFile(`just-${version}/${name}`, body), TAR_END]));
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function pins(sha256: Record<string, string> = {}): Map<string, PinnedTool> {
  const url = "https://example.org/{version}/just-{target}.tar.gz";
  const release = { url, targets: { "linux-x64": "musl" }, sha256 };
  return new Map([
    ["just", { name: "just", version: "1.59.0", versionArgs: ["--version"], archive: release, binstall: true }],
  ]);
}

function services(parts: Partial<ToolServices> = {}): ToolServices {
  const toolCache: ToolServices["toolCache"] = {
    find: async (name, version) => [path.join(root, "tool-cache", name, version)].find(existsSync),
    store: async (folder, name, version) => {
      const target = path.join(root, "tool-cache", name, version);
      cpSync(folder, target, { recursive: true });
      return target;
    },
    download: async () => {
      throw new Error("offline");
    },
  };
  return {
    run: runCommand,
    env: { PATH: `${root}/path:/usr/bin:/bin`, RUSTFLAGS: "-Dwarnings" },
    toolCache,
    folderCache: undefined,
    reporter: { ...silentReporter, info: (line) => log.push(line) },
    workFolder: path.join(root, "work"),
    platform: "linux-x64",
    pins: pins(),
    ...parts,
  };
}

/** `@actions/cache` in a folder; every restore and save is recorded. */
function folderCache(): { calls: string[]; cache: NonNullable<ToolServices["folderCache"]> } {
  const calls: string[] = [];
  const at = (key: string): string => path.join(root, "cache", key);
  return {
    calls,
    cache: {
      restore: async (folder, key) => {
        calls.push(`restore ${key}`);
        if (existsSync(at(key))) cpSync(at(key), folder, { recursive: true });
        return existsSync(at(key));
      },
      save: async (folder, key) => {
        calls.push(`save ${key}`);
        cpSync(folder, at(key), { recursive: true });
      },
    },
  };
}

const KEY = "release-actions-just-1.59.0-linux-x64-any";
const pinned = { name: "just", version: "pinned" };

describe("installTool", () => {
  test("uses the tool on the PATH when its version matches, or in any version with `installed`", async () => {
    program(path.join(root, "path"), "1.59.0");
    expect(await installTool(pinned, services())).toMatchObject({
      from: "PATH",
      version: "1.59.0",
      program: path.join(root, "path/just"),
      folder: undefined,
    });
    program(path.join(root, "path"), "1.2.3");
    expect(await installTool({ name: "just", version: "installed" }, services())).toMatchObject({
      from: "PATH",
      version: "1.2.3",
    });
  });

  test("builds with cargo as the last source, without the workspace's flags, and finds the tool again", async () => {
    program(path.join(root, "path"), "1.2.3");
    cargo("1.59.0");
    const tool = await installTool(pinned, services());
    expect(tool).toMatchObject({
      from: "cargo install",
      version: "1.59.0",
      folder: path.join(root, "tool-cache/just/1.59.0/bin"),
    });
    const folder = path.join(root, "work/just-1.59.0");
    expect(readFileSync(path.join(root, "cargo.log"), "utf8")).toBe(
      `install --locked --root ${folder} --version 1.59.0 just []\n`,
    );
    expect(log).toContain("just on the PATH is 1.2.3, expected 1.59.0");
    rmSync(path.join(root, "path/cargo"));
    expect(await installTool(pinned, services())).toMatchObject({ from: "tool cache" });
  });

  test("reads the version of a program that does not print it from cargo's records", async () => {
    program(path.join(root, "home/bin"), "nothing");
    writeFileSync(
      path.join(root, "home/.crates.toml"),
      '[v1]\n"just 1.59.0 (registry+https://x)" = ["just"]\n"justice 3.0.0 (x)" = []\n',
    );
    const pin = { name: "just", version: "1.59.0" };
    const env = { PATH: path.join(root, "home/bin") };
    expect(await installTool(pinned, services({ pins: new Map([["just", pin]]), env }))).toMatchObject({
      from: "PATH",
      version: "1.59.0",
    });
  });

  test("saves a built tool in the cache, and restores it", async () => {
    cargo("1.59.0");
    const { calls, cache } = folderCache();
    await installTool(pinned, services({ folderCache: cache }));
    for (const folder of ["tool-cache", "work", "path/cargo"]) rmSync(path.join(root, folder), { recursive: true });
    mkdirSync(path.join(root, "work"));
    expect(await installTool(pinned, services({ folderCache: cache }))).toMatchObject({ from: "cache" });
    expect(calls).toEqual([`restore ${KEY}`, `save ${KEY}`, `restore ${KEY}`]);
  });

  test("does not use a cache with a different version", async () => {
    cargo("1.59.0");
    program(path.join(root, "cache", KEY, "bin"), "6.6.6");
    program(path.join(root, "tool-cache/just/1.59.0/bin"), "6.6.6");
    expect(await installTool(pinned, services({ folderCache: folderCache().cache }))).toMatchObject({
      from: "cargo install",
    });
  });

  test("uses a release archive when its digest is pinned", async () => {
    const { bytes, sha256 } = archive("1.59.0");
    const urls: string[] = [];
    const base = services({ pins: pins({ "1.59.0/musl": sha256 }) });
    const download = async (url: string, file: string): Promise<void> => {
      urls.push(url);
      writeFileSync(file, bytes);
    };
    expect(await installTool(pinned, { ...base, toolCache: { ...base.toolCache, download } })).toMatchObject({
      from: "release archive",
    });
    expect(urls).toEqual(["https://example.org/1.59.0/just-musl.tar.gz"]);
  });

  test.each<[string, string, string | undefined, RegExp]>([
    ["with a different digest", "1.59.0", "0".repeat(64), /has SHA-256 [0-9a-f]{64}, expected 0{64}/],
    ["with another version", "1.58.0", undefined, /does not report version 1.59.0/],
    ["without the program", "other", undefined, /has no file named just/],
  ])("refuses a release archive %s", async (_name, version, sha256, message) => {
    const made = version === "other" ? archive("1.59.0", "justice") : archive(version);
    cargo("1.59.0");
    const base = services({ pins: pins({ "1.59.0/musl": sha256 ?? made.sha256 }) });
    const download = async (_url: string, file: string): Promise<void> => writeFileSync(file, made.bytes);
    await expect(installTool(pinned, { ...base, toolCache: { ...base.toolCache, download } })).rejects.toThrow(message);
    expect(existsSync(path.join(root, "tool-cache"))).toBe(false);
    expect(existsSync(path.join(root, "cargo.log"))).toBe(false);
  });

  test("builds when the archive is not available, and gives the reason", async () => {
    cargo("1.59.0");
    expect(await installTool(pinned, services({ pins: pins({ "1.59.0/musl": "0".repeat(64) }) }))).toMatchObject({
      from: "cargo install",
    });
    expect(log).toContain("https://example.org/1.59.0/just-musl.tar.gz cannot be downloaded: offline");
  });

  test.each([
    ["an unknown tool", { name: "jsut", version: "pinned" }, /"jsut" cannot be installed here: expected just/],
    [
      "a range",
      { name: "just", version: "^1.0" },
      /"\^1.0" is not a version of just: expected an exact one such as 1.59.0/,
    ],
    ["an option in place of a version", { name: "just", version: "--git=x" }, /is not a version of just/],
    [
      "`installed` when there is none on the PATH",
      { name: "just", version: "installed" },
      /^just is not on the PATH, or does not start$/,
    ],
  ])("refuses %s", async (_name, request, message) => {
    await expect(installTool(request, services())).rejects.toThrow(message);
  });

  /** A cargo-binstall that accepts the same arguments as the real one, for a crate whose manifest names its binaries. */
  function binstall(exitCode: number): void {
    const made = `mkdir -p "$7/bin" && printf '%s' '${script("1.59.0")}' > "$7/bin/just" && chmod 755 "$7/bin/just"`;
    writeFileSync(
      path.join(root, "path/cargo-binstall"),
      `#!/bin/sh\necho "$@" > ${root}/binstall.log\n[ ${exitCode} = 0 ] || { echo "no binaries" >&2; exit ${exitCode}; }\n${made}\n`,
      { mode: 0o755 },
    );
  }

  test("installs only the release's own binary with cargo-binstall when that is on the PATH", async () => {
    cargo("1.59.0");
    binstall(0);
    expect(await installTool(pinned, services())).toMatchObject({ from: "cargo-binstall" });
    expect(existsSync(path.join(root, "cargo.log"))).toBe(false);
    const folder = path.join(root, "work/just-1.59.0");
    expect(readFileSync(path.join(root, "binstall.log"), "utf8")).toBe(
      `binstall --no-confirm --disable-telemetry --strategies crate-meta-data --root ${folder} --version 1.59.0 just\n`,
    );
  });

  test("says before it compiles that it does, and why cargo-binstall failed", async () => {
    cargo("1.59.0");
    binstall(94);
    expect(await installTool(pinned, services())).toMatchObject({ from: "cargo install" });
    expect(log.slice(0, 2)).toEqual([
      "cargo-binstall did not install just 1.59.0 (exit code 94): no binaries",
      expect.stringMatching(/^compiling just 1.59.0 with cargo install --locked, which takes minutes/),
    ]);
  });

  test("says that cargo is missing", async () => {
    await expect(installTool(pinned, services())).rejects.toThrow(
      "cargo is not on the PATH, but just 1.59.0 must be compiled with it",
    );
  });

  test("fails with cargo's output when the build fails", async () => {
    writeFileSync(path.join(root, "path/cargo"), "#!/bin/sh\necho 'error: could not compile' >&2\nexit 101\n", {
      mode: 0o755,
    });
    await expect(installTool(pinned, services())).rejects.toThrow(
      /cargo install .* failed with exit code 101:\nerror: could not compile/,
    );
  });
});

describe("the caches", () => {
  test.each([
    [{ GITHUB_REF_TYPE: "tag" }, true],
    [{ GITHUB_REF: "refs/tags/v1.0.0" }, true],
    [{ GITHUB_REF_TYPE: "branch", GITHUB_REF: "refs/heads/tags/x" }, false],
    [{}, false],
  ])("treat %j as a run for a tag: %s", (env, expected) => {
    expect(isTagRun(env)).toBe(expected);
  });

  test("are disabled in a run for a tag, and without a cache service", () => {
    const env = { ACTIONS_RESULTS_URL: "https://results.example.org/" };
    expect(githubFolderCache(env, silentReporter)).toBeDefined();
    expect(githubFolderCache({ ...env, GITHUB_REF_TYPE: "tag" }, silentReporter)).toBeUndefined();
    expect(githubFolderCache({}, silentReporter)).toBeUndefined();
  });
});

describe("pinned-tools.json", () => {
  test("pins the digest of every archive", () => {
    for (const { archive: release, version } of PINNED_TOOLS.values()) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      for (const [key, sha256] of Object.entries(release?.sha256 ?? {})) {
        expect(Object.values(release?.targets ?? {})).toContain(key.split("/")[1]);
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      }
      const named = Object.values(release?.targets ?? {}).map((target) => `${version}/${target}`);
      expect(Object.keys(release?.sha256 ?? {}).sort()).toEqual(named.sort());
    }
  });
});
