import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { cacheFolder } from "../../scripts/folders.ts";

/** A package on npm, pinned by the `dist.integrity` of its version (`sha512-…`). */
export interface NpmPin {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** One file of a project on PyPI: a wheel for any platform, or a source archive. `sha256` in hexadecimal. */
export interface PyPIPin {
  readonly project: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
}

/** A Go module, pinned by the checksum that go.sum has for its zip (`h1:…`). */
export interface GoPin {
  readonly module: string;
  /** The version with its `v`. */
  readonly version: string;
  readonly sum: string;
}

/** A crate, pinned by the checksum that Cargo.lock has for it (SHA-256 in hexadecimal). */
export interface CratePin {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** Brings a package's archive by `npm pack`. Returns the path of the `.tgz`. */
export function bringNpm({ name, version, integrity }: NpmPin): Promise<string> {
  return cached(["npm", name, version, integrity], `${name.replace(/\W+/g, "-")}-${version}.tgz`, async (folder) => {
    const options = ["--silent", "--ignore-scripts", "--pack-destination", folder];
    await runCommand("npm", ["pack", ...options, `${name}@${version}`], { cwd: folder });
    const file = path.join(folder, onlyFile(folder, ".tgz"));
    const [algorithm = "", digest] = integrity.split(/-(.*)/s);
    expectDigest(file, await digestOf(file, algorithm, "base64"), digest);
    return file;
  });
}

/** Brings one file by `pip download`, whatever platform it is for. Returns its path. */
export function bringPyPI({ project, version, file, sha256 }: PyPIPin): Promise<string> {
  return cached(["pypi", project, version, sha256], file, async (folder) => {
    const requirements = path.join(folder, "requirements.txt");
    await writeFile(requirements, `${project}==${version} --hash=sha256:${sha256}\n`);
    const options = ["--quiet", "--no-deps", "--require-hashes", "--dest", folder, ...selectionOf(file)];
    await runCommand("python3", ["-m", "pip", "download", ...options, "-r", requirements], { cwd: folder });
    const brought = path.join(folder, file);
    expectDigest(brought, await digestOf(brought, "sha256", "hex"), sha256);
    return brought;
  });
}

/** Brings a module by `go mod download`. Returns the path of its zip. */
export function bringGoModule({ module, version, sum }: GoPin): Promise<string> {
  return cached(["go", module, version, sum], `${path.basename(module)}-${version}.zip`, async (folder) => {
    // The pinned sum is checked below, so the public checksum database is not needed. Only for toolchains, Go requires it.
    const database = module === "golang.org/toolchain" ? {} : { GOSUMDB: "off" };
    const env = { ...process.env, ...database, GOFLAGS: "", GO111MODULE: "on" };
    const download = ["mod", "download", "-json", `${module}@${version}`];
    const { stdout } = await runCommand("go", download, { cwd: folder, env });
    const { Zip, Sum } = JSON.parse(stdout) as { Zip: string; Sum: string };
    expectDigest(Zip, Sum, sum);
    return Zip;
  });
}

/** Brings a crate's archive by `cargo info`, the only command that downloads a single crate. Returns the path of the `.crate`. */
export function bringCrate({ name, version, sha256 }: CratePin): Promise<string> {
  return cached(["crate", name, version, sha256], `${name}-${version}.crate`, async (folder) => {
    await runCommand("cargo", ["info", "--quiet", `${name}@${version}`], { cwd: folder });
    const registries = path.join(process.env["CARGO_HOME"] || path.join(homedir(), ".cargo"), "registry/cache");
    for (const registry of readdirSync(registries)) {
      const file = path.join(registries, registry, `${name}-${version}.crate`);
      if (!existsSync(file)) continue;
      expectDigest(file, await digestOf(file, "sha256", "hex"), sha256);
      return file;
    }
    throw new Error(`cargo info left no ${name}-${version}.crate below ${registries}`);
  });
}

/** Whether to try everything that is pinned (`npm test -- world --all`), not only a sample. */
export const ALL = process.env["WORLD_ALL"] === "1";

/** The first `count` items, which every run of the tests tries, or all items with `--all`. */
export function sample<T>(items: readonly T[], count: number): readonly T[] {
  return ALL ? items : items.slice(0, count);
}

/** Keeps a file in the cache under its pin. It appears there only when it is complete and checked. */
async function cached(
  key: readonly string[],
  name: string,
  bring: (folder: string) => Promise<string>,
): Promise<string> {
  const home = cacheFolder("world", createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 24));
  const place = path.join(home, name);
  if (existsSync(place)) return place;
  const folder = await mkdtemp(path.join(tmpdir(), "world-"));
  try {
    const file = await bring(folder);
    await mkdir(home, { recursive: true });
    const partial = `${place}.${process.pid}`;
    await copyFile(file, partial);
    await rename(partial, place);
    return place;
  } catch (error) {
    throw new Error(`cannot bring ${key.slice(0, 3).join(" ")}: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * pip's options that choose this file: the tags in a wheel's name (PyPA specifications, "Binary distribution
 * format"), else the source archive.
 */
function selectionOf(file: string): string[] {
  if (!file.endsWith(".whl")) return ["--no-binary", ":all:"];
  const [python = "", abi = "", platform = ""] = file.slice(0, -".whl".length).split("-").slice(-3);
  // In a tag such as `py2.py3`, current interpreters use the last one.
  const [, implementation = "py", version = "3"] = /([a-z]+)(\d*)$/.exec(python) ?? [];
  const platforms = platform.split(".").flatMap((tag) => ["--platform", tag]);
  const tags = ["--implementation", implementation, "--python-version", version === "3" ? "3.12" : version];
  return ["--only-binary", ":all:", ...tags, "--abi", abi, ...platforms];
}

function onlyFile(folder: string, ending: string): string {
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  if (files.length !== 1 || files[0] === undefined) throw new Error(`${folder} has ${files.length} files *${ending}`);
  return files[0];
}

async function digestOf(file: string, algorithm: string, encoding: "hex" | "base64"): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest(encoding);
}

function expectDigest(file: string, found: string, pinned: string | undefined): void {
  if (found !== pinned) throw new Error(`${path.basename(file)} is ${found}, pinned is ${pinned}`);
}
