import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { readMacho, readSignature } from "@release-actions/macho";
import { cacheFolder } from "../../../scripts/folders.ts";
import { asRcodesignSays, readByRcodesign } from "../../integration/macho/rcodesign-reading.ts";

/** What go-macho reads of one architecture. */
export interface GoMachoReading {
  readonly signed: boolean;
  readonly cdhash: string | undefined;
  readonly identifier: string | undefined;
  /** The team, `ad-hoc`, or `unsigned`. */
  readonly signer: string;
}

interface GoMachoRow {
  readonly signed: boolean;
  readonly identifier: string;
  readonly team: string;
  readonly flags: number;
  readonly cdhash: string;
  readonly error?: string;
}

const ADHOC_FLAG = 2;
const CDHASH_HEX = 40;

/** What go-macho reads of a file, one entry an architecture. */
export async function readByGoMacho(file: string): Promise<GoMachoReading[]> {
  const { stdout } = await runCommand(await buildGoMacho(), [file]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => {
      const { signed, identifier, team, flags, cdhash, error } = JSON.parse(line) as GoMachoRow;
      if (error !== undefined) throw new Error(`go-macho cannot read ${file}: ${error}`);
      if (!signed) return { signed, cdhash: undefined, identifier: undefined, signer: "unsigned" };
      const signer = (flags & ADHOC_FLAG) !== 0 ? "ad-hoc" : team;
      return { signed, cdhash: cdhash.slice(0, CDHASH_HEX), identifier, signer };
    });
}

const FOLDER = path.join(import.meta.dirname, "go-macho");

/** Compiled once, into the cache of the tools. */
async function buildGoMacho(): Promise<string> {
  const version = /go-macho (v\S+)/.exec(await readFile(path.join(FOLDER, "go.mod"), "utf8"))?.[1] ?? "";
  const home = cacheFolder("world", `go-macho-${version}`);
  const program = path.join(home, "go-macho-reading");
  if (!existsSync(program)) {
    await mkdir(home, { recursive: true });
    const env = { ...process.env, GOFLAGS: "-mod=readonly -buildvcs=false" };
    await runCommand("go", ["build", "-o", program, "."], { cwd: FOLDER, env });
  }
  return program;
}

/** What `rcodesign verify` says that is about the file, and not about itself; a universal file's lines begin with `@0: `. */
export async function verifyByRcodesign(file: string): Promise<string[]> {
  const { stdout, stderr } = await runCommand("rcodesign", ["verify", file], { check: false });
  const about = /known to be buggy|^Error: problems reported|^\(we do not verify everything|^$/;
  return `${stdout}\n${stderr}`.split("\n").filter((line) => !about.test(line));
}

/** Every field of a signature, one entry an architecture; undefined for what is not signed. */
export async function fieldsOf(bytes: Uint8Array): Promise<unknown[]> {
  return await Promise.all(
    readMacho(bytes).images.map(async (image) => {
      const read = await readSignature(image);
      if (read.kind !== "read") return read.kind === "none" ? undefined : read.kind;
      return { ...asRcodesignSays(image, read.details), derEntitlements: read.details.entitlements.der };
    }),
  );
}

/** The same by `rcodesign print-signature-info`. */
export async function theirFieldsOf(file: string): Promise<unknown[]> {
  const readings = await readByRcodesign(file);
  return readings.map((reading) => reading && { ...reading.fields, derEntitlements: reading.derEntitlements });
}
