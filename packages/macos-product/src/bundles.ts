import path from "node:path";
import { BUNDLE_SLOT, type CodeDirectory, matchesSlot, PlistError, readInfoPlist } from "@release-actions/macho";
import { type BundlePlace, bundleOf, isNamesake } from "./bundle-layout.ts";

/** A program in a bundle, with the hashes in its signature. */
export interface BundleProgram {
  readonly path: string;
  readonly architecture: string;
  readonly directory: Pick<CodeDirectory, "hash" | "specialHashes">;
}

export interface BundleFinding {
  readonly code: "changed-after-signing" | "bundle-not-sealed";
  readonly path: string;
  readonly architecture: string;
  /** The message, a sentence without its subject, which is the program. */
  readonly message: string;
}

/** Checks that the programs of bundles, their `Info.plist` and their seal (`_CodeSignature/CodeResources`) agree. */
export class Bundles {
  readonly #files = new Map<string, Uint8Array>();
  readonly #programs: BundleProgram[] = [];
  readonly #executables = new Map<string, string | undefined>();

  addFile(file: string, bytes: Uint8Array): void {
    this.#files.set(file, bytes);
  }

  addProgram(program: BundleProgram): void {
    this.#programs.push(program);
  }

  /** Whether there is a provisioning profile where macOS looks for that of this program. */
  hasProfile(program: string): boolean {
    const bundle = bundleOf(program);
    return bundle !== undefined && this.#files.has(`${bundle.base}/embedded.provisionprofile`);
  }

  /** The bundle whose main program this is, because the `Info.plist` names it or because it has the bundle's name. */
  async mainProgramOf(program: string): Promise<BundlePlace | undefined> {
    const bundle = bundleOf(program);
    if (bundle === undefined) return undefined;
    const named = await this.#executableOf(bundle);
    if (named !== undefined) return named === path.posix.basename(program) ? bundle : undefined;
    const siblings = new Set(this.#programs.map((other) => other.path).filter((other) => sharesBundle(other, bundle)));
    return isNamesake(program, bundle) || siblings.size === 1 ? bundle : undefined;
  }

  /** Checks all bundles. All files and programs must have been added before. */
  async check(): Promise<{ readonly findings: readonly BundleFinding[]; readonly bundles: readonly string[] }> {
    const findings: BundleFinding[] = [];
    const bundles = new Set<string>();
    for (const program of this.#programs) {
      const bundle = await this.mainProgramOf(program.path);
      if (bundle === undefined) continue;
      bundles.add(bundle.name);
      for (const [code, message] of this.#checkProgram(program, bundle)) {
        findings.push({ code, path: program.path, architecture: program.architecture, message });
      }
    }
    return { findings, bundles: [...bundles].sort() };
  }

  #checkProgram({ directory }: BundleProgram, bundle: BundlePlace): [BundleFinding["code"], string][] {
    const seal = `${bundle.base}/_CodeSignature/CodeResources`;
    const list = bundle.infoPlists.find((file) => this.#files.has(file));
    return [
      ...this.#checkSlot(directory, BUNDLE_SLOT.infoPlist, list, "Info.plist"),
      ...this.#checkSlot(directory, BUNDLE_SLOT.resources, seal, "_CodeSignature/CodeResources"),
    ];
  }

  #checkSlot(
    directory: BundleProgram["directory"],
    slot: number,
    file: string | undefined,
    name: string,
  ): [BundleFinding["code"], string][] {
    const content = file === undefined ? undefined : this.#files.get(file);
    const isSigned = directory.specialHashes.has(slot);
    if (content === undefined) {
      return isSigned
        ? [["changed-after-signing", `was signed together with ${name}, which the bundle no longer has`]]
        : [["bundle-not-sealed", `is the main program of a bundle that has no ${name}, so the bundle is not signed`]];
    }
    if (!isSigned)
      return [
        ["bundle-not-sealed", `was signed alone, without the ${name} of its bundle, although it is the main program`],
      ];
    if (matchesSlot(directory, slot, content)) return [];
    return [["changed-after-signing", `was signed together with a different ${name} than the bundle has`]];
  }

  /** `CFBundleExecutable`; undefined when there is no `Info.plist` or it cannot be read. */
  async #executableOf(bundle: BundlePlace): Promise<string | undefined> {
    const file = bundle.infoPlists.find((candidate) => this.#files.has(candidate));
    const bytes = file === undefined ? undefined : this.#files.get(file);
    if (file === undefined || bytes === undefined) return undefined;
    if (!this.#executables.has(file)) this.#executables.set(file, await readExecutable(bytes));
    return this.#executables.get(file);
  }
}

function sharesBundle(program: string, bundle: BundlePlace): boolean {
  return bundleOf(program)?.base === bundle.base;
}

async function readExecutable(bytes: Uint8Array): Promise<string | undefined> {
  try {
    const list = await readInfoPlist(bytes, "Info.plist");
    const name = list instanceof Map ? list.get("CFBundleExecutable") : undefined;
    return typeof name === "string" ? name : undefined;
  } catch (error) {
    if (error instanceof PlistError) return undefined; // In this case the name of the bundle decides.
    throw error;
  }
}
