import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { writeFiles } from "../support/write-files.ts";

const FIXTURE = path.join(import.meta.dirname, "../fixtures/widget");
const HOST_TARGET = "x86_64-unknown-linux-gnu";

/** The files of a release by cargo-dist, phase by phase, as its workflow would upload them. */
export interface WidgetRelease {
  readonly version: string;
  readonly tag: string;
  /** `plan-dist-manifest.json` of the plan job. */
  readonly plan: string;
  /** `dist-manifest.json` of the host job. */
  readonly host: string;
  /** Archives, installers, formulae and checksums, by name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface BuildOptions {
  /** A text in the files, with which two builds of one version have different bytes. */
  readonly build?: string;
  /** If false, the archives for this machine are placeholders, too, which saves the time to compile. */
  readonly compile?: boolean;
  /** The placeholder for an archive that this machine does not build. Default: a line of text. */
  readonly archive?: (name: string, target: string) => Buffer;
}

/** A checkout that the real cargo-dist releases. */
export class DistProject implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), "widget-"));

  /** @param files the files of the checkout, by path. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    writeFiles(this.folder, files);
  }

  /** Runs `dist` and returns its manifest. */
  async dist(...args: string[]): Promise<string> {
    const { stdout } = await runCommand("dist", [...args, "--output-format=json"], {
      cwd: this.folder,
      // From these variables cargo-dist would take the commit, and with a token it would query GitHub.
      env: {
        ...process.env,
        GITHUB_REF: undefined,
        GITHUB_TOKEN: undefined,
        GH_TOKEN: undefined,
        RUSTFLAGS: undefined,
      },
    });
    return stdout;
  }

  /**
   * Plans, builds and hosts a tag. Files that this machine does not build (archives, Windows' installers) are
   * placeholders, with the manifests that their build jobs would have uploaded, so that cargo-dist writes the formulae
   * of a complete release.
   */
  async releaseTag(tag: string, version: string, options: BuildOptions = {}): Promise<WidgetRelease> {
    const distrib = path.join(this.folder, "target/distrib");
    rmSync(distrib, { recursive: true, force: true });
    mkdirSync(distrib, { recursive: true });
    const plan = await this.dist("plan", `--tag=${tag}`);
    if (options.compile !== false) {
      const local = await this.dist("build", `--tag=${tag}`, "--artifacts=local", `--target=${HOST_TARGET}`);
      writeFileSync(path.join(distrib, `${HOST_TARGET}-dist-manifest.json`), local);
    }
    for (const [target, manifest] of placeholders(plan, distrib, options)) {
      writeFileSync(path.join(distrib, `${target}-dist-manifest.json`), manifest);
    }
    const global = await this.dist("build", `--tag=${tag}`, "--artifacts=global");
    writeFileSync(path.join(distrib, "global-dist-manifest.json"), global);
    const host = await this.dist("host", `--tag=${tag}`, "--steps=upload", "--steps=release");
    const names = readdirSync(distrib, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== "dist-manifest.json")
      .map(({ name }) => name);
    const files = new Map(names.map((name) => [name, readFileSync(path.join(distrib, name))]));
    return { version, tag, plan, host, files };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The small workspace in test/fixtures/widget. */
export class Widget extends DistProject {
  constructor() {
    super();
    cpSync(FIXTURE, this.folder, { recursive: true });
  }

  /** Gives both packages a version. Without dependencies, the lock file needs no network. */
  async setVersion(version: string): Promise<void> {
    const manifest = path.join(this.folder, "Cargo.toml");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/^version = .*$/m, `version = "${version}"`));
    await runCommand("cargo", ["generate-lockfile", "--offline", "--quiet"], { cwd: this.folder });
  }

  async release(version: string, options: BuildOptions = {}): Promise<WidgetRelease> {
    await this.setVersion(version);
    const main = path.join(this.folder, "cli/src/main.rs");
    const { build = "first" } = options;
    writeFileSync(main, readFileSync(main, "utf8").replace(/BUILD: &str = ".*"/, `BUILD: &str = "${build}"`));
    return await this.releaseTag(`v${version}`, version, options);
  }
}

interface Manifest {
  readonly artifacts: Record<
    string,
    {
      kind: string;
      target_triples?: string[];
      path?: string;
      /** The name of the file with its checksum, whose ending is the algorithm. */
      checksum?: string;
      checksums?: Record<string, string>;
    }
  >;
}

/** The kinds of files that are built for a target: archives, and the installers of Windows and macOS. */
const LOCAL_KINDS = ["executable-zip", "installer"];

function placeholders(
  plan: string,
  distrib: string,
  { build = "first", compile = true, archive }: BuildOptions,
): Map<string, string> {
  // The real cargo-dist has just written this plan.
  const manifest = JSON.parse(plan) as Manifest;
  const manifests = new Map<string, Manifest>();
  for (const [name, artifact] of Object.entries(manifest.artifacts)) {
    const targets = artifact.target_triples ?? [];
    const [target = ""] = targets;
    const isLocal = LOCAL_KINDS.includes(artifact.kind) && (artifact.kind !== "installer" || /\.(msi|pkg)$/.test(name));
    if (!isLocal || (compile && target === HOST_TARGET)) continue;
    const content = archive?.(name, target) ?? Buffer.from(`in place of ${name} ${build}\n`);
    const file = path.join(distrib, name);
    const algorithm = artifact.checksum?.split(".").at(-1) ?? "sha256";
    const digest = createHash(algorithm).update(content).digest("hex");
    writeFileSync(file, content);
    writeFileSync(`${file}.${algorithm}`, `${digest} *${name}\n`);
    const own = manifests.get(target) ?? { ...manifest, artifacts: {} };
    own.artifacts[name] = { ...artifact, path: file, checksums: { [algorithm]: digest } };
    manifests.set(target, own);
  }
  return new Map([...manifests].map(([target, content]) => [target, JSON.stringify(content)]));
}
