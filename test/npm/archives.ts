import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { TAR_END, tarHeader, tarPadding } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { FileTree } from "@release-actions/example-product";

/** A program for each target. Those for x86_64 Linux run on this machine. */
export interface Programs {
  readonly "x86_64-unknown-linux-gnu": Buffer;
  readonly "x86_64-unknown-linux-musl": Buffer;
  readonly "aarch64-unknown-linux-musl": Buffer;
  readonly "x86_64-apple-darwin": Buffer;
  readonly "aarch64-apple-darwin": Buffer;
}

const ELF_MACHINE_AT = 18;
const AARCH64 = 183;
const MACHO_CPUS = { x86_64: 0x01000007, aarch64: 0x0100000c } as const;

/** Compiles the tests' small program, and makes placeholders for other machines, which are never started here. */
export async function compilePrograms(): Promise<Programs> {
  using folder = new FileTree();
  const source = path.join(import.meta.dirname, "widget.c");
  const compile = async (...flags: string[]): Promise<Buffer> => {
    await runCommand("cc", ["-Os", "-s", ...flags, "-o", folder.path("widget"), source]);
    return readFileSync(folder.path("widget"));
  };
  const dynamic = await compile();
  const still = await compile("-static");
  const arm = Buffer.from(still);
  arm.writeUInt16LE(AARCH64, ELF_MACHINE_AT);
  return {
    "x86_64-unknown-linux-gnu": dynamic,
    // A static program counts as one because it does not need a loader.
    "x86_64-unknown-linux-musl": still,
    "aarch64-unknown-linux-musl": arm,
    "x86_64-apple-darwin": machO(MACHO_CPUS.x86_64),
    "aarch64-apple-darwin": machO(MACHO_CPUS.aarch64),
  };
}

/** The header of a 64-bit executable without load commands (mach-o/loader.h). */
function machO(cpu: number): Buffer {
  const header = Buffer.alloc(32);
  for (const [index, word] of [0xfeedfacf, cpu, 0, 2].entries()) header.writeUInt32LE(word, index * 4);
  return header;
}

export interface ReleaseOptions {
  /** A text in the archives, with which two builds of one version have different bytes. */
  readonly build?: string;
  /** Changes the files of the archive for a target. */
  readonly change?: (files: Record<string, Buffer>, target: string) => void;
  readonly apps?: readonly string[];
}

/** The output of cargo-dist for a version: the plan and, in `distrib/`, the archives and their checksums. */
export function makeRelease(programs: Programs, version: string, options: ReleaseOptions = {}): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const hex = new Map<string, string>();
  for (const [target, program] of Object.entries(programs)) {
    const name = `widget-${target}`;
    const content: Record<string, Buffer> = {
      widget: program,
      "README.md": Buffer.from(`# Widget\n\n${options.build ?? "first"} build\n`),
      LICENSE: Buffer.from("MIT\n"),
    };
    options.change?.(content, target);
    // The names are cargo-dist's defaults. Readers recognise the compression, which is gzip here, by the first bytes.
    const archive = makeTarball(name, content);
    hex.set(`${name}.tar.xz`, createHash("sha256").update(archive).digest("hex"));
    files.set(`distrib/${name}.tar.xz`, archive);
    files.set(`distrib/${name}.tar.xz.sha256`, Buffer.from(`${hex.get(`${name}.tar.xz`)} *${name}.tar.xz\n`));
  }
  const manifest = makeManifest({ version, apps: options.apps ?? ["widget"], sha256: (file) => hex.get(file) });
  return files.set("plan.json", Buffer.from(JSON.stringify(manifest)));
}

/** A `.tar.gz` of one folder, in which only `widget` is executable. */
export function makeTarball(folder: string, files: Readonly<Record<string, Buffer>>): Buffer {
  const members = Object.entries(files).flatMap(([name, body]) => [
    tarHeader({ kind: "file", path: `${folder}/${name}`, size: body.length, mode: name === "widget" ? 0o755 : 0o644 }),
    body,
    tarPadding(body.length),
  ]);
  return gzipSync(Buffer.concat([...members, TAR_END]), { level: 1 });
}
