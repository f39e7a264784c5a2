import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readMacho, readSignature } from "@release-actions/macho";
import { type CheckedProduct, checkProduct, openProduct, readBinaries } from "@release-actions/macos-product";
import { asRcodesignSays, readByRcodesign } from "../integration/macho/rcodesign-reading.ts";
import { describeWith } from "../parts.ts";
import { readByGoMacho, verifyByRcodesign } from "./apple/judges.ts";
import { bringGoModule, bringNpm, bringPyPI, type GoPin, type NpmPin, type PyPIPin, sample } from "./bring.ts";

/** One architecture of a program: what go-macho reads of it, and what Apple would refuse by that. */
interface Program {
  readonly path: string;
  readonly architecture: string;
  /** The team, `ad-hoc`, or `unsigned`. */
  readonly signer: string;
  readonly cdhash: string | undefined;
  readonly identifier: string | undefined;
  readonly findings: readonly string[];
  /** A part of what `rcodesign print-signature-info` says instead of reading it; the package's note says why. */
  readonly rcodesignFails?: string;
}

type Pin = { readonly npm: NpmPin } | { readonly pypi: PyPIPin } | { readonly go: GoPin };

type Package = Pin & {
  readonly programs: readonly Program[];
  /** Why the judges disagree, or why a verdict is what it is. */
  readonly note?: string;
};

/** In the order in which a sample is taken; the first have some of every kind. */
const PACKAGES: readonly Package[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "apple/programs.json"), "utf8"),
);
/** Thirty programs and more, some 80 MB. */
const SAMPLE = 18;

function nameOf(one: Package): string {
  if ("npm" in one) return `${one.npm.name} ${one.npm.version}`;
  return "pypi" in one ? one.pypi.file : `${one.go.module} ${one.go.version}`;
}

async function bring(one: Package): Promise<string> {
  if ("npm" in one) return await bringNpm(one.npm);
  return "pypi" in one ? await bringPyPI(one.pypi) : await bringGoModule(one.go);
}

function programsOf({ binaries, problems }: CheckedProduct): Program[] {
  return binaries.flatMap(({ path: inside, images }) =>
    images.map(({ architecture, teamId, cdhash, identifier, flags }) => {
      const own = problems.filter((one) => one.path === inside && one.architecture === architecture);
      const signed = flags.includes("adhoc") ? "ad-hoc" : (teamId ?? "unknown");
      const signer = cdhash === undefined ? "unsigned" : signed;
      return { path: inside, architecture, signer, cdhash, identifier, findings: own.map(({ code }) => code).sort() };
    }),
  );
}

const byPlace = (a: Program, b: Program): number =>
  `${a.path} ${a.architecture}` < `${b.path} ${b.architecture}` ? -1 : 1;

describeWith(["npm", "python3", "go", "rcodesign"], "macOS programs of the world", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "apple-world-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(sample(PACKAGES, SAMPLE).map((one) => [nameOf(one), one] as const))(
    "%s: ours, go-macho and rcodesign agree with what is written down",
    async (_name, one) => {
      const product = await openProduct(await bring(one));
      const ours = programsOf(await checkProduct(product));
      const pinned = one.programs.map(({ rcodesignFails: _fails, ...program }) => program);
      expect(ours.sort(byPlace)).toEqual(pinned.sort(byPlace));
      const file = path.join(folder, "program");
      for await (const { path: inside, bytes } of readBinaries(product)) {
        await writeFile(file, bytes);
        const written = one.programs.filter((program) => program.path === inside);
        const byGoMacho = await readByGoMacho(file);
        expect(byGoMacho.map(({ cdhash, identifier, signer }) => [cdhash, identifier, signer]).sort()).toEqual(
          written.map(({ cdhash, identifier, signer }) => [cdhash, identifier, signer]).sort(),
        );
        const fails = written.find(({ rcodesignFails }) => rcodesignFails !== undefined)?.rcodesignFails;
        if (fails === undefined) expect(await fieldsOf(bytes)).toMatchObject(await theirFieldsOf(file));
        else await expect(theirFieldsOf(file)).rejects.toThrow(fails);
        expect([inside, inTheirWords(await verifyByRcodesign(file))]).toEqual([
          inside,
          expectedOfVerify(bytes, written),
        ]);
      }
    },
    600_000,
  );
});

/** Every field of a signature, one entry an architecture; undefined for what is not signed. */
async function fieldsOf(bytes: Uint8Array): Promise<unknown[]> {
  return await Promise.all(
    readMacho(bytes).images.map(async (image) => {
      const read = await readSignature(image);
      if (read.kind !== "read") return read.kind === "none" ? undefined : read.kind;
      return { ...asRcodesignSays(image, read.details), derEntitlements: read.details.entitlements.der };
    }),
  );
}

async function theirFieldsOf(file: string): Promise<unknown[]> {
  const readings = await readByRcodesign(file);
  return readings.map((reading) => reading && { ...reading.fields, derEntitlements: reading.derEntitlements });
}

/**
 * Without what `rcodesign verify` says besides: that SHA-1 is weak (signatures of 2018 have it, and Apple took them), and
 * how it reads the empty CMS of an ad-hoc signature.
 */
function inTheirWords(lines: readonly string[]): string[] {
  const said = lines
    .filter((line) => !/insecure (?:digest|signature) algorithm used: (?:Rsa)?Sha1$/.test(line))
    .map((line) => line.replace(/CMS error: missing further values .*$/, "no cryptographic signature present"));
  return said.length > 0 ? said.sort() : ["no problems detected!"];
}

/** What `rcodesign verify` has to say of programs with these signers, whose code is as it was signed. */
function expectedOfVerify(bytes: Uint8Array, programs: readonly Program[]): string[] {
  const { kind, images } = readMacho(bytes);
  const lines = images.flatMap(({ architecture }, index) => {
    const signer = programs.find((program) => program.architecture === architecture)?.signer ?? "";
    const said = VERIFY_SAYS[signer];
    return said === undefined ? [] : [kind === "thin" ? said : `@${index}: ${said}`];
  });
  return lines.length > 0 ? lines.sort() : ["no problems detected!"];
}

const VERIFY_SAYS: Readonly<Record<string, string>> = {
  unsigned: "Mach-O signature data not found",
  "ad-hoc": "no cryptographic signature present",
};
