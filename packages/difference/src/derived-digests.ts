import type { Cause } from "./cause.ts";

/** MD5 to SHA-512 in hexadecimal, with the size that lists may put behind; reports cut long texts in the middle. */
const HEX = /(?<![0-9A-Za-z])[0-9a-f]{32,128}(?:…[0-9a-f]*)?(?![0-9A-Za-z])(?: +\d+(?= ))?/gi;
/** As in the RECORD of a wheel, with the size behind, and in subresource integrity. */
const BASE64 = /\bsha\d{3}[=:-][0-9A-Za-z+/_-]{27,}(?:…[0-9A-Za-z+/_-]*)?={0,2}(?:,\d+)?/g;

/**
 * Leaves out lists of digests (`checksums.yaml`, `md5sums`, RECORD) where a digest is all that differs in a line, and the
 * line names something else that differs: such a difference follows from the other, and is none to mend.
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

/** Whether the rest of the line names a file that the place begins with or goes through. */
function namesPlace({ left }: Cause, place: string): boolean {
  const names = withoutDigests(left)
    .split(/[\s,"'*()=]+/)
    .map((name) => name.replace(/^\.\//, "").replace(/:$/, ""));
  const steps = place.split(/: |, | of /).map((step) => step.replace(/^\.\//, ""));
  return names.some((name) => name.length > 1 && steps.includes(name));
}
