import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { readMacho, readSignature } from "@release-actions/macho";
import { cacheFolder } from "../../../scripts/folders.ts";
import { asRcodesignSays, readByRcodesign } from "../../integration/macho/rcodesign-reading.ts";

/** The facts that go-macho reads from one architecture. */
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

/** The facts that go-macho reads from a file, one entry per architecture. */
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

/** Compiles the reader once, into the cache of the world tests. Returns its path. */
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

/** The lines of `rcodesign verify` about the file, not about itself. In a universal file they begin with `@0: `, `@1: `. */
export async function verifyByRcodesign(file: string): Promise<string[]> {
  const { stdout, stderr } = await runCommand("rcodesign", ["verify", file], { check: false });
  const about = /known to be buggy|^Error: problems reported|^\(we do not verify everything|^$/;
  return `${stdout}\n${stderr}`.split("\n").filter((line) => !about.test(line));
}

/** Every field of each architecture's signature, as our package reads it; undefined for one without a signature. */
export async function fieldsOf(bytes: Uint8Array): Promise<unknown[]> {
  return await Promise.all(
    readMacho(bytes).map(async (image) => {
      const signature = await readSignature(image);
      return signature && { ...asRcodesignSays(image, signature), derEntitlements: signature.entitlements.der };
    }),
  );
}

/** The same fields as `rcodesign print-signature-info` reads them. */
export async function theirFieldsOf(file: string): Promise<unknown[]> {
  const readings = await readByRcodesign(file);
  return readings.map((reading) => reading && { ...reading.fields, derEntitlements: reading.derEntitlements });
}
