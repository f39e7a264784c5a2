import type { Cause } from "./cause.ts";

/**
 * A digest from MD5 to SHA-512 in hexadecimal, with the file size that may follow it in a list. It may have `…` in the
 * middle, since reports shorten long texts.
 */
const HEX = /(?<![0-9A-Za-z])[0-9a-f]{32,128}(?:…[0-9a-f]*)?(?![0-9A-Za-z])(?: +\d+(?= ))?/gi;
/** A digest in base64, as in subresource integrity and in the RECORD of a wheel, where the file size follows. */
const BASE64 = /\bsha\d{3}[=:-][0-9A-Za-z+/_-]{27,}(?:…[0-9A-Za-z+/_-]*)?={0,2}(?:,\d+)?/g;

/**
 * Leaves out differences in lists of digests (`checksums.yaml`, `md5sums`, RECORD) if only the digest differs in a line
 * and the file that the line names differs too. Such a difference is a consequence and needs no remedy.
 */
export function withoutDerivedDigests(causes: readonly Cause[]): Cause[] {
  const others = causes.filter((one) => !isDigest(one));
  return causes.filter((one) => !isDigest(one) || !others.some(({ place }) => namesPlace(one, place)));
}

function isDigest({ kind, left, right }: Cause): boolean {
  return kind === "embedded-text" && left !== right && withoutDigests(left) === withoutDigests(right);
}

function withoutDigests(text: string): string {
  return text.replace(BASE64, "").replace(HEX, "");
}

/** Whether the rest of the line names a file that is part of the place. */
function namesPlace({ left }: Cause, place: string): boolean {
  const names = withoutDigests(left)
    .split(/[\s,"'*()=]+/)
    .map((name) => name.replace(/^\.\//, "").replace(/:$/, ""));
  const steps = place.split(/: |, | of /).map((step) => step.replace(/^\.\//, ""));
  return names.some((name) => name.length > 1 && steps.includes(name));
}
