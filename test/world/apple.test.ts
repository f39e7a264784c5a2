import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, jest, test } from "@jest/globals";
import { readMacho } from "@release-actions/macho";
import { type CheckedProduct, checkProduct, openProduct, readContents } from "@release-actions/macos-product";
import { describeWith } from "../parts.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { fieldsOf, readByGoMacho, theirFieldsOf, verifyByRcodesign } from "./apple/judges.ts";
import { bring, nameOf, PACKAGES, type Program } from "./apple/packages.ts";
import { sample } from "./bring.ts";

jest.setTimeout(600_000);

/** The packages of the sample: more than thirty programs, about 80 MB. */
const SAMPLE = 18;

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

describeWith(["npm", "python3", "go", "rcodesign"], "published macOS programs", () => {
  const folder = temporaryFolder();

  test.each(sample(PACKAGES, SAMPLE).map((one) => [nameOf(one), one] as const))(
    "%s: our reader, go-macho and rcodesign agree with the recorded verdicts",
    async (_name, one) => {
      const product = await openProduct(await bring(one));
      const ours = programsOf(await checkProduct(product));
      const pinned = one.programs.map(({ rcodesignFails: _fails, ...program }) => program);
      expect(ours.sort(byPlace)).toEqual(pinned.sort(byPlace));
      const file = path.join(folder, "program");
      for await (const content of readContents(product)) {
        if (content.kind !== "binary") continue;
        const { path: inside, bytes } = content;
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
  );
});

/**
 * The output of `rcodesign verify`, without two remarks: that SHA-1 is weak (signatures of 2018 have it, and Apple
 * accepted them), and how it reads the empty CMS of an ad-hoc signature.
 */
function inTheirWords(lines: readonly string[]): string[] {
  const said = lines
    .filter((line) => !/insecure (?:digest|signature) algorithm used: (?:Rsa)?Sha1$/.test(line))
    .map((line) => line.replace(/CMS error: missing further values .*$/, "no cryptographic signature present"));
  return said.length > 0 ? said.sort() : ["no problems detected!"];
}

/** The expected output of `rcodesign verify` for programs with these signers and unchanged code. */
function expectedOfVerify(bytes: Uint8Array, programs: readonly Program[]): string[] {
  const isFat = bytes[0] === 0xca; // The first byte of the header of a fat file (mach-o/fat.h).
  const lines = readMacho(bytes).flatMap(({ architecture }, index) => {
    const signer = programs.find((program) => program.architecture === architecture)?.signer ?? "";
    const said = VERIFY_SAYS[signer];
    return said === undefined ? [] : [isFat ? `@${index}: ${said}` : said];
  });
  return lines.length > 0 ? lines.sort() : ["no problems detected!"];
}

const VERIFY_SAYS: Readonly<Record<string, string>> = {
  unsigned: "Mach-O signature data not found",
  "ad-hoc": "no cryptographic signature present",
};
