import path from "node:path";
import { BUNDLE_SLOT, type CodeDirectory, infoPlistText, matchesSlot } from "@release-actions/macho";
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
  readonly #executables = new Map<Uint8Array, string | undefined>();

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
      const seal = this.#files.get(`${bundle.base}/_CodeSignature/CodeResources`);
      const faults = [
        slotFault(program.directory, BUNDLE_SLOT.infoPlist, this.#infoPlistOf(bundle), "Info.plist"),
        slotFault(program.directory, BUNDLE_SLOT.resources, seal, "_CodeSignature/CodeResources"),
      ];
      for (const fault of faults.filter((one) => one !== undefined))
        findings.push({ ...fault, path: program.path, architecture: program.architecture });
    }
    return { findings, bundles: [...bundles].sort() };
  }

  #infoPlistOf({ infoPlists }: BundlePlace): Uint8Array | undefined {
    return infoPlists.map((file) => this.#files.get(file)).find((bytes) => bytes !== undefined);
  }

  /** `CFBundleExecutable`; undefined when there is no `Info.plist` or it cannot be read. */
  async #executableOf(bundle: BundlePlace): Promise<string | undefined> {
    const list = this.#infoPlistOf(bundle);
    if (list === undefined) return undefined;
    if (!this.#executables.has(list)) this.#executables.set(list, await infoPlistText(list, "CFBundleExecutable"));
    return this.#executables.get(list);
  }
}

/** How a file of a bundle differs from the one with which its main program was signed. */
function slotFault(
  directory: BundleProgram["directory"],
  slot: number,
  content: Uint8Array | undefined,
  name: string,
): Pick<BundleFinding, "code" | "message"> | undefined {
  const isSigned = directory.specialHashes.has(slot);
  if (isSigned && content !== undefined && matchesSlot(directory, slot, content)) return undefined;
  if (isSigned) {
    const found =
      content === undefined ? `${name}, which the bundle no longer has` : `a different ${name} than the bundle has`;
    return { code: "changed-after-signing", message: `was signed together with ${found}` };
  }
  const message =
    content === undefined
      ? `is the main program of a bundle that has no ${name}, so the bundle is not signed`
      : `was signed alone, without the ${name} of its bundle, although it is the main program`;
  return { code: "bundle-not-sealed", message };
}

function sharesBundle(program: string, bundle: BundlePlace): boolean {
  return bundleOf(program)?.base === bundle.base;
}
