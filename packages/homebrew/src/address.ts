/** The download addresses of a release. */
export interface ReleaseAddresses {
  /** The git tag under which the files are downloaded. */
  readonly tag: string;
  /** The URLs of a file of this release; empty when the plan does not give them. */
  readonly addressesOf: (file: string) => readonly string[];
}

/** The name of the file that a URL downloads, with percent-encoding decoded. */
export function fileOf(url: string): string {
  return segmentsOf(url).at(-1) ?? "";
}

/**
 * The reason why a URL does not belong to a file of this release; `undefined` when it does. Whole path segments are
 * compared, since a matching substring proves nothing.
 */
export function findStranger(url: string, file: string, { tag, addressesOf }: ReleaseAddresses): string | undefined {
  const expected = addressesOf(file);
  if (expected.length > 0) {
    return expected.some((address) => isSameAddress(url, address))
      ? undefined
      : `${url} is not a URL of this release, expected ${expected.join(" or ")}`;
  }
  // A tag may contain slashes: `widget/v1.2.3`.
  const folders = `/${segmentsOf(url).slice(0, -1).join("/")}/`;
  return folders.includes(`/${tag}/`) ? undefined : `${url} is not a URL of the tag ${tag}`;
}

/**
 * Whether two URLs are the same. Queries and fragments must be equal. The host and GitHub's owner and repository are
 * compared without case.
 */
function isSameAddress(left: string, right: string): boolean {
  if (!URL.canParse(left) || !URL.canParse(right)) return false;
  const [a, b] = [new URL(left), new URL(right)];
  if (a.origin !== b.origin || a.search !== b.search || a.hash !== b.hash || a.username !== b.username) return false;
  const isRelease = /^\/[^/]+\/[^/]+\/releases\/download\//i.test(b.pathname);
  const normal = (url: string): string =>
    segmentsOf(url)
      .map((segment, index) => (isRelease && index < 2 ? segment.toLowerCase() : segment))
      .join("/");
  return normal(left) === normal(right);
}

function segmentsOf(url: string): readonly string[] {
  const path = url.replace(/[?#].*$/s, "").replace(/^[a-z]+:\/\/[^/]*\//i, "");
  return path.split("/").flatMap((segment) => decoded(segment).split("/"));
}

/** Decodes percent-encoding. A text in which a percent sign is not an escape stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
