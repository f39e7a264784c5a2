import { Fault } from "@release-actions/report";
import type { MachoImage } from "../image.ts";
import { type CmsSignature, type CmsSigner, readCms } from "./cms.ts";
import type { CodeDirectory } from "./code-directory.ts";
import { type EntitlementSet, readEntitlements } from "./entitlements.ts";
import { type CodeSignature, readCodeSignature } from "./superblob.ts";

/** A signature with its CMS and entitlements read. */
export interface SignatureDetails extends CodeSignature {
  readonly entitlements: EntitlementSet;
  readonly cmsSignature: CmsSignature | undefined;
  /** The reason why an existing CMS could not be read. */
  readonly cmsFault: string | undefined;
}

export type ReadSignature =
  | { readonly kind: "none" }
  | { readonly kind: "broken"; readonly reason: string }
  | { readonly kind: "read"; readonly details: SignatureDetails };

/**
 * Reads all parts of an image's signature. Invalid bytes give a result and not an exception. If entitlements,
 * requirements, alternate CodeDirectories or CMS cannot be read, the other parts are still returned.
 */
export async function readSignature(image: MachoImage): Promise<ReadSignature> {
  let signature: CodeSignature | undefined;
  try {
    signature = readCodeSignature(image);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: "broken", reason: error.message };
  }
  if (signature === undefined) return { kind: "none" };
  const entitlements = await readEntitlements(signature);
  return { kind: "read", details: { ...signature, entitlements, ...(await readSignatureCms(signature)) } };
}

async function readSignatureCms({
  cms,
  codeDirectories,
}: CodeSignature): Promise<Pick<SignatureDetails, "cmsSignature" | "cmsFault">> {
  try {
    return { cmsSignature: cms && (await readCms(cms, codeDirectories[0].bytes)), cmsFault: undefined };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { cmsSignature: undefined, cmsFault: error.message };
  }
}

/** The signer of the code. Apple's tools write exactly one. */
export function signerOf(signature: SignatureDetails): CmsSigner | undefined {
  return signature.cmsSignature?.signers[0];
}

/** How the kernel ranks hashes when a signature has several CodeDirectories (cs_blobs.h). */
const RANK = ["sha1", "sha256-truncated", "sha256", "sha384", "sha512"] as const;

/** The CodeDirectory that macOS uses, whose cdhash is in the notarization ticket. */
export function bestCodeDirectory(signature: CodeSignature): CodeDirectory {
  return signature.codeDirectories.reduce((best, directory) =>
    RANK.indexOf(directory.hash.name) > RANK.indexOf(best.hash.name) ? directory : best,
  );
}
