import { attempt } from "../error.ts";
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

/**
 * Reads all parts of an image's signature; `undefined` when there is none. If entitlements, requirements, alternate
 * CodeDirectories or CMS cannot be read, the other parts are still returned.
 *
 * @throws MachoError for an invalid signature
 */
export async function readSignature(image: MachoImage): Promise<SignatureDetails | undefined> {
  const signature = readCodeSignature(image);
  if (signature === undefined) return undefined;
  const { cms: der, codeDirectories } = signature;
  const cms = await attempt(() => der && readCms(der, codeDirectories[0].bytes));
  const entitlements = await readEntitlements(signature);
  return { ...signature, entitlements, cmsSignature: cms.value, cmsFault: cms.fault };
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
