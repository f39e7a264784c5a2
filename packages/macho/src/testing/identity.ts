import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type Certificate, parseCertificate } from "../certificate/certificate.ts";
import { bits, context, generalizedTime, integer, NULL, octets, oid, sequence, set, utcTime, utf8 } from "./der.ts";

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const NAMES: Readonly<Record<string, string>> = {
  ...{ CN: "2.5.4.3", C: "2.5.4.6", L: "2.5.4.7", S: "2.5.4.8", O: "2.5.4.10", OU: "2.5.4.11" },
};

export const DEVELOPER_ID_APPLICATION = "1.2.840.113635.100.6.1.13";
export const DEVELOPER_ID_AUTHORITY = "1.2.840.113635.100.6.2.6";
export const SIGNED_ON = new Date("2026-03-01T12:00:00Z");

/** A certificate and its key. */
export interface Identity {
  readonly certificate: Certificate;
  readonly der: Buffer;
  readonly name: Buffer;
  readonly serial: Buffer;
  readonly key: KeyObject;
}

export interface IssueOptions {
  /** The parts of the name, by short name, in order. */
  readonly subject: Readonly<Record<string, string>>;
  /** The encoded name, which replaces `subject`. */
  readonly name?: Buffer;
  /** Default: the certificate itself. */
  readonly issuer?: Identity;
  /** OIDs of marker extensions. */
  readonly extensions?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** In the certificate, instead of its own. */
  readonly publicKey?: KeyObject;
}

let serials = 1000;

/** Issues an X.509 certificate (RFC 5280, 4.1) with a new P-256 key. */
export async function issue(options: IssueOptions): Promise<Identity> {
  const { subject, issuer, extensions = [] } = options;
  const { notBefore = new Date("2025-01-01T00:00:00Z"), notAfter = new Date("2028-01-01T00:00:00Z") } = options;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = options.name ?? nameOf(subject);
  serials += 1;
  const serial = integer(serials);
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const time = (date: Date): Buffer => (date.getUTCFullYear() < 2050 ? utcTime(date) : generalizedTime(date));
  const body = sequence(
    context(0, integer(2)),
    serial,
    algorithm,
    issuer?.name ?? name,
    sequence(time(notBefore), time(notAfter)),
    name,
    (options.publicKey ?? publicKey).export({ type: "spki", format: "der" }),
    ...(extensions.length === 0
      ? []
      : [context(3, sequence(...extensions.map((one) => sequence(oid(one), octets(NULL)))))]),
  );
  const der = sequence(body, algorithm, bits(sign("sha256", body, issuer?.key ?? privateKey)));
  return { certificate: await parseCertificate(der), der, name, serial, key: privateKey };
}

function nameOf(subject: Readonly<Record<string, string>>): Buffer {
  return sequence(
    ...Object.entries(subject).map(([name, value]) => set(sequence(oid(NAMES[name] ?? name), utf8(value)))),
  );
}

export interface CmsOptions {
  readonly identity: Identity;
  /** Certificates to add to that of the signer. */
  readonly others?: readonly Identity[];
  readonly withoutOwn?: boolean;
  /** Default: SHA-256. */
  readonly digest?: keyof typeof DIGEST_OIDS;
  readonly contentType?: string;
  /** Attributes to add to content type and digest, each with its values. */
  readonly attributes?: readonly (readonly [oid: string, ...values: Buffer[]])[];
  /** Makes the unsigned attributes from the signature value. */
  readonly unsigned?: (signature: Buffer) => readonly (readonly [oid: string, ...values: Buffer[]])[];
  /** Whether the message contains the signed content. */
  readonly isAttached?: boolean;
}

const DIGEST_OIDS = {
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
} as const;

export const DATA = "1.2.840.113549.1.7.1";
export const SIGNED_DATA = "1.2.840.113549.1.7.2";

/** A ContentInfo with SignedData of one signer (RFC 5652, 3 and 5). */
export function signCms(content: Uint8Array, options: CmsOptions): Buffer {
  const { identity, others = [], digest = "sha256", contentType = DATA } = options;
  const attributes = [
    ["1.2.840.113549.1.9.3", oid(contentType)],
    ["1.2.840.113549.1.9.4", octets(createHash(digest).update(content).digest())],
    ...(options.attributes ?? []),
  ] as const;
  const encode = ([type, ...values]: readonly [string, ...Buffer[]]): Buffer => sequence(oid(type), set(...values));
  const signed = attributes.map(encode);
  const algorithm = sequence(oid(DIGEST_OIDS[digest]));
  const signature = sign(digest, set(...signed), identity.key);
  const unsigned = options.unsigned?.(signature).map(encode) ?? [];
  const certificates = [...(options.withoutOwn === true ? [] : [identity]), ...others];
  const info = sequence(
    integer(1),
    sequence(identity.certificate.issuerDer, identity.serial),
    algorithm,
    context(0, ...signed),
    sequence(oid(ECDSA_WITH_SHA256)),
    octets(signature),
    ...(unsigned.length === 0 ? [] : [context(1, ...unsigned)]),
  );
  const encapsulated = [oid(contentType), ...(options.isAttached === true ? [context(0, octets(content))] : [])];
  return sequence(
    oid(SIGNED_DATA),
    context(
      0,
      sequence(
        integer(1),
        set(algorithm),
        sequence(...encapsulated),
        context(0, ...certificates.map(({ der }) => der)),
        set(info),
      ),
    ),
  );
}

/** A timestamp token over a signature value (RFC 3161, 2.4.2), as an unsigned attribute. */
export function timestampAttribute(
  signature: Uint8Array,
  authority: Identity,
  options: Partial<CmsOptions> & { readonly time?: Date } = {},
): readonly [string, Buffer] {
  const digest = options.digest ?? "sha256";
  const imprint = sequence(sequence(oid(DIGEST_OIDS[digest])), octets(createHash(digest).update(signature).digest()));
  const info = sequence(integer(1), oid("1.2.3.4"), imprint, integer(7), generalizedTime(options.time ?? SIGNED_ON));
  const contentType = "1.2.840.113549.1.9.16.1.4";
  return [
    "1.2.840.113549.1.9.16.2.14",
    signCms(info, { ...options, identity: authority, contentType, isAttached: true }),
  ];
}
