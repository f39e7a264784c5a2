/** Where the files of a release are. */
export interface ReleaseAddresses {
  /** The git tag under which the files are downloaded. */
  readonly tag: string;
  /** Where a file of this release is downloaded from; none when the plan does not say it. */
  readonly addressesOf: (file: string) => readonly string[];
}

/** The name of the file that a URL downloads, without percent-encoding. */
export function fileOf(url: string): string {
  return segmentsOf(url).at(-1) ?? "";
}

/** Why a URL is not that of a file of this release; `undefined` when it is. Compared part by part, as a substring proves nothing. */
export function findStranger(url: string, file: string, { tag, addressesOf }: ReleaseAddresses): string | undefined {
  const expected = addressesOf(file);
  if (expected.length > 0) {
    return expected.some((address) => isSameAddress(url, address))
      ? undefined
      : `${url} is not a URL of this release, expected ${expected.join(" or ")}`;
  }
  // A tag may hold slashes: `widget/v1.2.3`.
  const folders = `/${segmentsOf(url).slice(0, -1).join("/")}/`;
  return folders.includes(`/${tag}/`) ? undefined : `${url} is not of ${tag}`;
}

/** Query and fragment must be absent. Case does not count in the host, nor in GitHub's owners and repositories. */
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

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not percent-encoding, so it stands for itself.
    return segment;
  }
}
