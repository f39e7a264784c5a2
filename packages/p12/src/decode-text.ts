import { malformed, otherFormat } from "./error.ts";

/** Kinds of PEM text that people store by mistake, by the label in the BEGIN line. */
const OTHER_PEM: readonly (readonly [label: RegExp, what: string])[] = [
  [/CERTIFICATE REQUEST/, "a request for a certificate (.certSigningRequest)"],
  [/PKCS7|CMS/, "a PKCS #7 file (.p7b), which holds certificates and no private key"],
  [/PRIVATE KEY/, "a private key in PEM, without its certificate"],
  [/CERTIFICATE/, "a certificate in PEM, without its private key"],
];

/**
 * Decodes a .p12 that is stored as text in a secret: base64 or base64url, with or without line breaks, also in quotes, as a
 * `data:` URL or between PEM lines.
 * @throws P12Error that names what the text is instead
 */
export function decodeP12Text(text: string): Buffer {
  const content = unquoted(text).replace(/^data:[^,]*,/i, "");
  const labels = [...content.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label = ""]) => label);
  const other = OTHER_PEM.find(([pattern]) => labels.some((label) => pattern.test(label)))?.[1];
  if (other !== undefined) throw otherFormat(other);
  const body = content.replace(/-----(BEGIN|END) [A-Z0-9 ]+-----/g, "").replace(/\\[nrt]|\s/g, "");
  const base64 = body.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/]+$/.test(base64) || base64.length % 4 === 1) {
    throw malformed("it is not base64, as `base64 -i certificate.p12` writes it");
  }
  return Buffer.from(base64, "base64");
}

function unquoted(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  const [, quote, inner] = /^(["'`])([\s\S]*)\1$/.exec(trimmed) ?? [];
  return quote === undefined || inner === undefined ? trimmed : inner.trim();
}
