/** A version of the Engine API: `1.41` is 41 of major 1. There was never another major. */
export type ApiVersion = `1.${number}`;

/** The newest version this package was written for, of Docker 28.5. Engines go on serving older ones. */
export const NEWEST_KNOWN: ApiVersion = "1.51";

export function parseApiVersion(text: string): ApiVersion | undefined {
  return /^1\.\d{1,3}$/.test(text) ? (text as ApiVersion) : undefined; // The expression is the type's definition.
}

/** The version to speak with an engine whose newest is `offered`. */
export function negotiate(offered: ApiVersion): ApiVersion {
  return atLeast(offered, NEWEST_KNOWN) ? NEWEST_KNOWN : offered;
}

export function atLeast(version: ApiVersion, wanted: ApiVersion): boolean {
  return minor(version) >= minor(wanted);
}

function minor(version: ApiVersion): number {
  return Number(version.slice("1.".length));
}
