import { createHash } from "node:crypto";
import {
  type Certificate,
  type CmsSigner,
  type CodeDirectory,
  type MachoImage,
  readPlist,
  SIGNATURE_FLAGS,
  type SignatureDetails,
  type Timestamp,
} from "@release-actions/macho";
import { parse } from "yaml";
import { printSignatureInfo } from "../../stand-in/apple/mac-binary.ts";

/** A signature as our package reads it, in the format of `rcodesign print-signature-info`. */
export function asRcodesignSays(image: MachoImage, signature: SignatureDetails): Record<string, unknown> {
  const [main, ...alternates] = signature.codeDirectories;
  return {
    blob_count: signature.blobs.size,
    blobs: [...signature.blobs].map(([slot, { bytes }]) => ({
      slot: `${SLOTS.get(slot)} (${slot})`,
      magic: Buffer.from(bytes.subarray(0, 4)).toString("hex"),
      length: bytes.length,
      sha1: createHash("sha1").update(bytes).digest("hex"),
      sha256: createHash("sha256").update(bytes).digest("hex"),
    })),
    code_directory: directory(main),
    alternative_code_directories: alternates.map((alternate, index) => [
      `CodeDirectory Alternate #${index} (${0x1000 + index})`,
      directory(alternate),
    ]),
    entitlements_plist: lines(signature.entitlementsXml),
    cms: signature.cmsSignature && {
      certificates: signature.cmsSignature.certificates.map(certificate),
      signers: signature.cmsSignature.signers.map(signer),
    },
    macho_signature_start_offset: offset(image.codeSignature?.offset ?? -1),
    macho_end_offset: offset(image.bytes.length),
  };
}

const SLOTS: ReadonlyMap<number, string> = new Map([
  [0, "CodeDirectory"],
  [2, "RequirementSet"],
  [5, "Entitlements"],
  [7, "DER Entitlements"],
  [0x1000, "CodeDirectory Alternate #0"],
  [0x10000, "CMS Signature"],
]);

const SPECIAL_SLOTS: Readonly<Record<number, string>> = {
  1: "Info",
  2: "RequirementSet",
  3: "Resources",
  5: "Entitlements",
  7: "DER Entitlements",
};

/** rcodesign's names of flags, where they differ from Apple's names in capitals. */
const FLAGS: Readonly<Record<string, string>> = { hard: "FORCE_HARD", kill: "FORCE_KILL", expires: "FORCE_EXPIRATION" };

function directory(directory: CodeDirectory): Record<string, unknown> {
  const flags = Object.entries(SIGNATURE_FLAGS).filter(([, bit]) => (directory.flags & bit) !== 0);
  const names = flags.map(([name]) => FLAGS[name] ?? name.toUpperCase().replaceAll("-", "_"));
  return {
    flags: `CodeSignatureFlags(${names.join(" | ") || "0x0"})`,
    identifier: directory.identifier,
    team_name: directory.teamId,
    digest_type: directory.hash.name,
    signed_entity_size: directory.codeLimit,
    code_digests_count: directory.pageHashes.length,
    slot_digests: [...directory.specialHashes].map(
      ([slot, hash]) => `${SPECIAL_SLOTS[slot]} (${slot}): ${Buffer.from(hash).toString("hex")}`,
    ),
  };
}

function certificate({ subject, issuer, organizationalUnit }: Certificate): Record<string, unknown> {
  return { subject, issuer, apple_team_id: organizationalUnit };
}

function signer(signer: CmsSigner): Record<string, unknown> {
  return {
    issuer: signer.certificate?.issuer,
    signing_time: signer.signingTime?.toISOString().replace(".000Z", "Z"),
    cdhash_digests: signer.directoryDigests.map(({ oid, hex }) => [oid, hex]),
    cdhashes: signer.cdhashes,
    signature_verifies: signer.verifies,
    time_stamp_token: signer.timestamp && timestamp(signer.timestamp),
  };
}

function timestamp({ certificates, verifies, authority }: Timestamp): Record<string, unknown> {
  return {
    certificates: certificates.map(certificate),
    signers: [{ issuer: authority?.issuer, signature_verifies: verifies }],
  };
}

function lines(text: Uint8Array | undefined): string[] {
  if (text === undefined) return [];
  return Buffer.from(text)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.replaceAll("\t", "  "));
}

function offset(value: number): string {
  return `${value} / 0x${value.toString(16)}`;
}

/** What rcodesign prints about the signature of one architecture. */
export interface RcodesignReading {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly derEntitlements: unknown;
}

/** rcodesign's reading of each architecture, reduced to the signature; undefined for one without a signature. */
export async function readByRcodesign(file: string): Promise<(RcodesignReading | undefined)[]> {
  const documents = parse(await printSignatureInfo(file)) as { entity: { mach_o: Record<string, unknown> } }[];
  return await Promise.all(documents.map(({ entity }) => readDocument(entity.mach_o)));
}

async function readDocument(macho: Record<string, unknown>): Promise<RcodesignReading | undefined> {
  if (macho["signature"] === null) return undefined;
  const { entitlements_der_plist: der, ...signature } = clean(macho["signature"]) as Record<string, unknown>;
  return {
    fields: {
      ...signature,
      cms: signature["cms"] ?? undefined,
      macho_signature_start_offset: macho["macho_signature_start_offset"],
      macho_end_offset: macho["macho_end_offset"],
    },
    derEntitlements: Array.isArray(der)
      ? await readPlist(Buffer.from(der.join("\n")), "their DER entitlements")
      : undefined,
  };
}

const DROPPED: readonly RegExp[] = [
  /^(is_apple|chains_to|apple_(ca|extended|code|certificate)|key_algorithm|signature_algorithm|signed_with)/,
  /^(superblob_length|code_requirements|version|platform|runtime_version|executable_segment_flags)$/,
  /^(digest_algorithm|attributes|content_type|message_digest)$/,
];

/** Drops the fields that are not compared, and replaces the property list of cdhashes with the hashes. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((entry) => !/: 0+$/.test(String(entry))).map(clean);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !DROPPED.some((pattern) => pattern.test(key)));
  return Object.fromEntries(
    entries.map(([key, entry]) => {
      if (key === "time_stamp_token") return [key, timestampToken(clean(entry))];
      if (key !== "cdhash_plist") return [key, clean(entry)];
      const data = (entry as string[]).join("").matchAll(/<data>\s*(\S+)\s*<\/data>/g);
      return ["cdhashes", [...data].map(([, base64 = ""]) => Buffer.from(base64, "base64").toString("hex"))];
    }),
  );
}

/** A timestamp token, in which the attributes are reduced to whether they are signed. */
function timestampToken(token: unknown): unknown {
  const { certificates, signers } = token as { certificates: unknown; signers: Record<string, unknown>[] };
  return {
    certificates,
    signers: signers.map(({ issuer, signature_verifies }) => ({ issuer, signature_verifies })),
  };
}
