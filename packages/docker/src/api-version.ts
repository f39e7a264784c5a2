/** A version of the Engine API, such as `1.41`. The major version has always been 1. */
export type ApiVersion = `1.${number}`;

/** The newest version that this package was written for, that of Docker 28.5. Newer engines still support it. */
export const NEWEST_KNOWN: ApiVersion = "1.51";

export function parseApiVersion(text: string): ApiVersion | undefined {
  return /^1\.\d{1,3}$/.test(text) ? (text as ApiVersion) : undefined; // This expression has exactly the form that the type requires.
}

/** The version to use with an engine whose newest version is `offered`. */
export function negotiate(offered: ApiVersion): ApiVersion {
  return atLeast(offered, NEWEST_KNOWN) ? NEWEST_KNOWN : offered;
}

export function atLeast(version: ApiVersion, wanted: ApiVersion): boolean {
  return minor(version) >= minor(wanted);
}

function minor(version: ApiVersion): number {
  return Number(version.slice("1.".length));
}
