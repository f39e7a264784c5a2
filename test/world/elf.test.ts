import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { openFileSource } from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import {
  isElf,
  lowestGlibc,
  readBuildId,
  readDebugLink,
  readElf,
  readInterpreter,
  readLinkage,
} from "@release-actions/elf";
import { describeWith } from "../parts.ts";
import { sample } from "./bring.ts";

/** The folders with programs and libraries of this machine's distribution and of its installed toolchains. */
const FOLDERS = ["/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/git-core", "/usr/local/go/bin"];
const SAMPLE = 80;
const FILES_PER_CALL = 100;

/** The facts that `readelf` reports about one file. */
interface Told {
  readonly buildId: string | undefined;
  readonly interpreter: string | undefined;
  readonly debugLink: string | undefined;
  readonly glibc: string | undefined;
  readonly needs: boolean;
  readonly isRelocatable: boolean;
}

function elfFiles(): readonly string[] {
  const found = new Set<string>();
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (!entry.isFile() || statSync(file).size < 64 || realpathSync(file) !== file) continue;
      const head = Buffer.alloc(4);
      const descriptor = openSync(file, "r");
      readSync(descriptor, head, 0, 4, 0);
      closeSync(descriptor);
      if (isElf(head)) found.add(file);
    }
  }
  // The sample is spread over all folders, and is the same in each run.
  const sorted = [...found].sort();
  const step = Math.max(1, Math.floor(sorted.length / SAMPLE));
  return [...sorted.filter((_, index) => index % step === 0), ...sorted.filter((_, index) => index % step !== 0)];
}

async function askReadelf(files: readonly string[]): Promise<ReadonlyMap<string, Told>> {
  const told = new Map<string, Told>();
  for (let at = 0; at < files.length; at += FILES_PER_CALL) {
    const some = files.slice(at, at + FILES_PER_CALL);
    const flags = ["-W", "-h", "-n", "-d", "-l", "-V", "--string-dump=.gnu_debuglink"];
    // With at least two files, readelf begins the output of each with its name.
    const quiet = { check: false, onOutput: () => undefined, env: { ...process.env, LC_ALL: "C" } };
    const { stdout } = await runCommand("readelf", [...flags, ...some, "/bin/sh"], quiet);
    for (const part of stdout.split(/^File: /m).slice(1)) {
      const file = part.slice(0, part.indexOf("\n"));
      const needed = /version needs section[\s\S]*/i.exec(part)?.[0] ?? "";
      const versions = [...needed.matchAll(/Name: GLIBC_(\d+(?:\.\d+)+)\s/g)].map(([, version = ""]) => version);
      told.set(file, {
        buildId: /Build ID: ([0-9a-f]+)/.exec(part)?.[1],
        interpreter: /Requesting program interpreter: ([^\]]+)\]/.exec(part)?.[1],
        debugLink: /section '\.gnu_debuglink':\n\s+\[\s*0\]\s+(\S+)/.exec(part)?.[1],
        glibc: versions.sort(compareDotted).at(-1),
        needs: /\(NEEDED\)/.test(part),
        isRelocatable: /Type:\s+REL/.test(part),
      });
    }
  }
  return told;
}

function compareDotted(left: string, right: string): number {
  const [one, other] = [left, right].map((text) => text.split(".").map(Number));
  for (const [index, part] of (one ?? []).entries()) {
    const difference = part - (other?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return (one?.length ?? 0) - (other?.length ?? 0);
}

/** The same facts as our package reads them. */
async function readOne(file: string): Promise<Told> {
  const source = await openFileSource(file);
  try {
    const elf = await readElf(source);
    const linkage = await readLinkage(elf);
    const isRelocatable = linkage === "unlinked";
    return {
      buildId: (await readBuildId(elf))?.hex,
      interpreter: await readInterpreter(elf),
      debugLink: (await readDebugLink(elf))?.file,
      glibc: isRelocatable ? undefined : await lowestGlibc(elf),
      needs: linkage === "dynamic" || linkage === "shared",
      isRelocatable,
    };
  } finally {
    await source.close();
  }
}

if (process.platform === "linux" && process.arch === "x64") {
  describeWith(["readelf"], "the ELF files of this machine", () => {
    const files = sample(elfFiles(), SAMPLE);
    let told: ReadonlyMap<string, Told>;
    beforeAll(async () => {
      told = await askReadelf(files);
    }, 300_000);

    test(`${files.length} of them are read as readelf reads them`, async () => {
      expect(files.length).toBeGreaterThan(20);
      const differences: unknown[] = [];
      for (const file of files) {
        const [ours, theirs] = [await readOne(file), told.get(file)];
        // A program with a loader but no library is dynamic, too.
        const expected = theirs && { ...theirs, needs: theirs.needs || theirs.interpreter !== undefined };
        if (ours.needs && theirs?.needs === false && !theirs.isRelocatable && theirs.interpreter === undefined)
          continue;
        if (JSON.stringify(ours) !== JSON.stringify(expected)) differences.push({ file, ours, theirs });
      }
      expect(differences).toEqual([]);
    }, 300_000);
  });
} else {
  describe("the ELF files of this machine", () => {
    test.skip("skipped: this machine has none of x86-64", () => undefined);
  });
}
