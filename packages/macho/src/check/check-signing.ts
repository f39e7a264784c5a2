import { attempt } from "../error.ts";
import type { MachoImage } from "../image.ts";
import { isStaticLibrary, readSlices, type Slice } from "../macho.ts";
import { readSignature, type SignatureDetails } from "../signature/signature.ts";
import { checkSignature, type SigningExpectations } from "./check-signature.ts";
import { type Finding, type FindingCode, findingOf } from "./finding.ts";

/** The result for one architecture. */
export interface ImageReport {
  readonly image: MachoImage;
  /** Undefined when there is no signature or it cannot be read; the findings tell which. */
  readonly signature: SignatureDetails | undefined;
}

export interface SigningReport {
  /** Empty when the file cannot be read at all. */
  readonly images: readonly ImageReport[];
  /** No finding is an error if the file can be notarized. */
  readonly findings: readonly Finding[];
}

/** Types of files that macOS runs or loads. Object files and debug symbols need no signature. */
const SIGNED_TYPES: readonly string[] = ["execute", "dylib", "bundle", "dylinker", "kext"];

const OLDEST_SDK = [10, 9] as const;

/** Whether macOS expects the image to be signed. */
export function needsSignature(image: MachoImage): boolean {
  return SIGNED_TYPES.includes(image.fileType);
}

/**
 * Checks a file as Apple's notary service would. Anything wrong is a finding, and no content of the file makes this
 * throw. Static libraries, thin or universal, are not programs and give no findings.
 */
export async function checkSigning(bytes: Uint8Array, expected: SigningExpectations = {}): Promise<SigningReport> {
  if (isStaticLibrary(bytes)) return { images: [], findings: [] };
  const { value: file, fault } = await attempt(() => readSlices(bytes));
  if (fault !== undefined)
    return { images: [], findings: [findingOf("damaged", undefined, `cannot be read: ${fault}`)] };
  const checked = await Promise.all(file.slices.map((slice) => checkSlice(slice, expected)));
  const images = checked.flatMap((slice) => slice.images);
  const isSigned = images.some(({ signature }) => signature !== undefined);
  const layout =
    file.foreignBytes === undefined || !isSigned
      ? []
      : [findingOf("suspicious-layout", undefined, `has ${file.foreignBytes}, which no signature covers`)];
  return { images, findings: [...layout, ...checked.flatMap(({ findings }) => findings)] };
}

async function checkSlice(slice: Slice, expected: SigningExpectations): Promise<SigningReport> {
  switch (slice.kind) {
    case "image":
      return await checkImage(slice.image, expected);
    case "static-library":
      return { images: [], findings: [] };
    case "unreadable": {
      const message = `cannot be read: ${slice.error.message}`;
      return { images: [], findings: [findingOf("damaged", slice.architecture, message)] };
    }
  }
}

async function checkImage(image: MachoImage, expected: SigningExpectations): Promise<SigningReport> {
  const add = (code: FindingCode, message: string): Finding => findingOf(code, image.architecture, message);
  if (!needsSignature(image)) return { images: [{ image, signature: undefined }], findings: [] };
  const findings = checkSdk(image).map((message) => add("old-sdk", message));
  const { value: signature, fault } = await attempt(() => readSignature(image));
  if (fault !== undefined) findings.push(add("damaged", `has a code signature that cannot be read: ${fault}`));
  else if (signature === undefined) findings.push(add("unsigned", "is not signed"));
  else {
    for (const [code, message, dependsOnBundle] of checkSignature(image, signature, expected))
      findings.push(findingOf(code, image.architecture, message, dependsOnBundle));
  }
  return { images: [{ image, signature }], findings };
}

function checkSdk({ build }: MachoImage): string[] {
  if (build === undefined) return ["does not say which SDK it was linked with; expected macOS 10.9 or later"];
  const [major = 0, minor = 0] = build.sdk.split(".").map(Number);
  if (build.platform !== "macos" || major > OLDEST_SDK[0] || (major === OLDEST_SDK[0] && minor >= OLDEST_SDK[1]))
    return [];
  return [`was linked with the macOS ${build.sdk} SDK, expected 10.9 or later`];
}
