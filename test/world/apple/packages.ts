import { readFileSync } from "node:fs";
import path from "node:path";
import { bringGoModule, bringNpm, bringPyPI, type GoPin, type NpmPin, type PyPIPin } from "../bring.ts";

/** One architecture of a program: the facts that go-macho reads, and the findings for which Apple would refuse it. */
export interface Program {
  readonly path: string;
  readonly architecture: string;
  /** The team, `ad-hoc`, or `unsigned`. */
  readonly signer: string;
  readonly cdhash: string | undefined;
  readonly identifier: string | undefined;
  readonly findings: readonly string[];
  /** A part of the error of `rcodesign print-signature-info`, if it cannot read the program. The package's note says why. */
  readonly rcodesignFails?: string;
}

type Pin = { readonly npm: NpmPin } | { readonly pypi: PyPIPin } | { readonly go: GoPin };

export type Package = Pin & {
  readonly programs: readonly Program[];
  /** The reason for a disagreement between the programs, or for a verdict. */
  readonly note?: string;
};

/** The packages, in the order in which a sample is taken. The first ones include every kind. */
export const PACKAGES: readonly Package[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "programs.json"), "utf8"),
);
export function nameOf(one: Package): string {
  if ("npm" in one) return `${one.npm.name} ${one.npm.version}`;
  return "pypi" in one ? one.pypi.file : `${one.go.module} ${one.go.version}`;
}

export async function bring(one: Package): Promise<string> {
  if ("npm" in one) return await bringNpm(one.npm);
  return "pypi" in one ? await bringPyPI(one.pypi) : await bringGoModule(one.go);
}
