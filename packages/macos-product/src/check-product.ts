import path from "node:path";
import { ArchiveError } from "@release-actions/archive";
import {
  bestCodeDirectory,
  checkSigning,
  type Finding,
  type FindingCode,
  type SigningExpectations,
  type SigningReport,
} from "@release-actions/macho";
import { bundleOf } from "./bundle-layout.ts";
import { Bundles } from "./bundles.ts";
import { readContents } from "./contents.ts";
import { type CheckedImage, describeImage } from "./describe-image.ts";
import type { Product } from "./product.ts";

export interface CheckedBinary {
  /** The path inside the product, including the archives that contain it; empty for the product itself. */
  readonly path: string;
  readonly images: readonly CheckedImage[];
}

/** A problem that would make notarization fail, or a warning. */
export interface Problem extends Omit<Finding, "code" | "dependsOnBundle"> {
  readonly code: FindingCode | "bundle-not-sealed" | "unreadable" | "empty";
  readonly file: string;
  /** The path inside the product; empty for the product itself. */
  readonly path: string;
  /** A sentence: `tool.zip/bin/tool (arm64) is not signed`. */
  readonly message: string;
}

export interface CheckedProduct {
  readonly product: Product;
  readonly binaries: readonly CheckedBinary[];
  readonly problems: readonly Problem[];
  /** Sentences about contents of the product that were not checked. */
  readonly notChecked: readonly string[];
  /** The cdhashes that the notarization ticket must list: hex, one per architecture of each binary, sorted. */
  readonly cdhashes: readonly string[];
}

export interface ProductExpectations extends SigningExpectations {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks every Mach-O file in a product as Apple's notary service would, without contacting Apple.
 *
 * @throws only for errors outside the content, such as a disk error or a cancelled job
 */
export async function checkProduct(product: Product, expected: ProductExpectations = {}): Promise<CheckedProduct> {
  const check = new ProductCheck(product, expected);
  try {
    for await (const content of readContents(product, expected.signal)) {
      if (content.kind === "binary") await check.addBinary(content.path, content.bytes);
      else if (content.kind === "bundle-file") check.bundles.addFile(check.inBundle(content.path), content.bytes);
      else if (content.kind === "not-opened") check.addNotOpened(content.path, content.reason);
      else check.staticLibraries += 1;
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    check.addUnreadable(error.message);
  }
  return await check.finish();
}

const BUNDLE_ADVICE =
  "Sign the bundle as a whole, last (`codesign --sign ... Example.app`), and do not change it afterwards.";

/** The check of one product. Findings about bundles are added after all contents have been read. */
class ProductCheck {
  readonly bundles = new Bundles();
  staticLibraries = 0;
  readonly #product: Product;
  readonly #expected: ProductExpectations;
  readonly #name: string;
  readonly #binaries: CheckedBinary[] = [];
  readonly #problems: Problem[] = [];
  readonly #notChecked: string[] = [];
  /** Findings that count only if the program is not the main program of a bundle or has no profile. */
  readonly #perhaps: { readonly path: string; readonly finding: Finding }[] = [];

  constructor(product: Product, expected: ProductExpectations) {
    this.#product = product;
    this.#expected = expected;
    this.#name = path.basename(product.path);
  }

  /** The path inside the bundle. If the product is itself a bundle, its name is the first part. */
  inBundle(inside: string): string {
    return this.#product.kind === "bundle" ? `${this.#name}/${inside}` : inside;
  }

  async addBinary(inside: string, bytes: Uint8Array): Promise<void> {
    const report = await checkSigning(bytes, this.#expected);
    if (report.images.length > 0 || report.findings.length > 0) {
      this.#binaries.push({ path: inside, images: report.images.map(describeImage) });
    } else this.staticLibraries += 1;
    this.#addPrograms(inside, report);
    const isInBundle = bundleOf(this.inBundle(inside)) !== undefined;
    for (const finding of report.findings) {
      if (isInBundle && finding.dependsOnBundle) this.#perhaps.push({ path: inside, finding });
      else this.#add(inside, finding);
    }
  }

  addNotOpened(inside: string, reason: string): void {
    this.#notChecked.push(`${this.#subject(inside)}: ${reason}`);
  }

  addUnreadable(reason: string): void {
    const advice = "Pack it again, and check how it is transferred.";
    this.#add("", { code: "unreadable", level: "error", message: `cannot be opened: ${reason}`, advice });
  }

  async finish(): Promise<CheckedProduct> {
    for (const { path: inside, finding } of this.#perhaps) {
      if (!(await this.#isExcused(inside, finding))) this.#add(inside, finding);
    }
    const { findings, bundles } = await this.bundles.check();
    for (const finding of findings) {
      const prefix = this.#product.kind === "bundle" ? this.#name.length + 1 : 0;
      this.#add(finding.path.slice(prefix), { ...finding, level: "error", advice: BUNDLE_ADVICE });
    }
    for (const bundle of bundles) {
      this.#notChecked.push(
        `${bundle}: Info.plist and the seal were checked; the files that the seal lists were not compared`,
      );
    }
    this.#checkEmpty();
    return {
      product: this.#product,
      binaries: this.#binaries,
      problems: this.#problems,
      notChecked: this.#notChecked,
      cdhashes: cdhashesOf(this.#binaries),
    };
  }

  async #isExcused(inside: string, { code }: Finding): Promise<boolean> {
    const program = this.inBundle(inside);
    if (code === "restricted-entitlement") return this.bundles.hasProfile(program);
    return (await this.bundles.mainProgramOf(program)) !== undefined;
  }

  #addPrograms(inside: string, { images }: SigningReport): void {
    const program = this.inBundle(inside);
    if (bundleOf(program) === undefined) return;
    for (const { image, signature } of images) {
      if (signature === undefined) continue;
      const { hash, specialHashes } = bestCodeDirectory(signature);
      // The hashes are copied, so that the memory of the program can be freed.
      const hashes = new Map([...specialHashes].map(([slot, bytes]) => [slot, Uint8Array.from(bytes)]));
      const directory = { hash, specialHashes: hashes };
      this.bundles.addProgram({ path: program, architecture: image.architecture, directory });
    }
  }

  #add(
    inside: string,
    {
      code,
      level,
      architecture,
      message,
      advice,
    }: Omit<Problem, "file" | "path" | "architecture"> & { readonly architecture?: string | undefined },
  ): void {
    const subject = this.#subject(inside);
    const about = architecture === undefined ? subject : `${subject} (${architecture})`;
    const place = { file: this.#product.path, path: inside, architecture };
    this.#problems.push({ code, level, ...place, message: `${about} ${message}`, advice });
  }

  #subject(inside: string): string {
    return inside === "" ? this.#name : `${this.#name}/${inside}`;
  }

  #checkEmpty(): void {
    const isOpened = this.#product.kind !== "disk-image" && this.#product.kind !== "installer";
    if (!isOpened || this.#binaries.length > 0 || this.#problems.length > 0 || this.staticLibraries > 0) return;
    const message = "holds no Mach-O file: there is nothing to notarize in it";
    this.#add("", { code: "empty", level: "error", message, advice: "Check what was packed into it." });
  }
}

function cdhashesOf(binaries: readonly CheckedBinary[]): string[] {
  return [...new Set(binaries.flatMap(({ images }) => images.flatMap(({ cdhash }) => cdhash ?? [])))].sort();
}
