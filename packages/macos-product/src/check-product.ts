import path from "node:path";
import { ArchiveError } from "@release-actions/archive";
import {
  bestCodeDirectory,
  checkSigning,
  type Finding,
  type FindingCode,
  type ImageReport,
} from "@release-actions/macho";
import { readBinaries } from "./binaries.ts";
import type { Product } from "./product.ts";

export interface CheckedBinary {
  /** Inside the product; empty when it is the product. */
  readonly path: string;
  readonly images: readonly ImageReport[];
  readonly findings: readonly Finding[];
}

/** Something that would make notarization fail, as a sentence about a file. */
export interface Problem {
  readonly code: FindingCode | "unreadable" | "empty";
  readonly file: string;
  /** Inside the product; empty when it is the product. */
  readonly path: string;
  readonly architecture: string | undefined;
  /** `tool.zip/bin/tool (arm64) is not signed` */
  readonly message: string;
  readonly advice: string;
}

export interface CheckedProduct {
  readonly product: Product;
  readonly binaries: readonly CheckedBinary[];
  readonly problems: readonly Problem[];
  /** Hex, one an architecture of each binary, sorted: what the notarization ticket must list. */
  readonly cdhashes: readonly string[];
}

/**
 * Opens a product and checks every Mach-O file in it as Apple's notary service would, without Apple.
 * @throws only for what is not in the file's content: a disk that fails, a cancelled job
 */
export async function checkProduct(
  product: Product,
  expected: { readonly teamId?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<CheckedProduct> {
  const binaries: CheckedBinary[] = [];
  const problems: Problem[] = [];
  const name = path.basename(product.path);
  const whole = { file: product.path, path: "", architecture: undefined };
  try {
    for await (const { path: inside, bytes } of readBinaries(product, expected.signal)) {
      const report = await checkSigning(bytes, expected);
      binaries.push({ path: inside, ...report });
      const subject = inside === "" ? name : `${name}/${inside}`;
      for (const { code, architecture, message, advice } of report.findings) {
        const about = architecture === undefined ? subject : `${subject} (${architecture})`;
        const place = { file: product.path, path: inside, architecture };
        problems.push({ code, ...place, message: `${about} ${message}`, advice });
      }
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const advice = "Pack it again, and check how it is transferred.";
    problems.push({ code: "unreadable", ...whole, message: `${name} cannot be opened: ${error.message}`, advice });
  }
  const isOpened = product.kind !== "disk-image" && product.kind !== "installer";
  if (isOpened && binaries.length === 0 && problems.length === 0) {
    const message = `${name} holds no Mach-O file: there is nothing to notarize in it`;
    problems.push({ code: "empty", ...whole, message, advice: "Check what was packed into it." });
  }
  return { product, binaries, problems, cdhashes: cdhashesOf(binaries) };
}

function cdhashesOf(binaries: readonly CheckedBinary[]): string[] {
  const images = binaries.flatMap((binary) => binary.images);
  const hashes = images.flatMap(({ signature }) =>
    signature === undefined ? [] : bestCodeDirectory(signature).cdhash,
  );
  return [...new Set(hashes)].sort();
}
