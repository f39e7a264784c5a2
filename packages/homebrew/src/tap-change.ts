import { compareVersions, parseTag, parseVersion, type Version } from "@release-actions/channel";

/** What publishing a formula does to the tap. */
export type TapChange =
  | { readonly kind: "add" }
  | { readonly kind: "update"; readonly from: Version }
  /** The version is there; what differs are not its downloads. */
  | { readonly kind: "touch-up" }
  /** The version is there with other downloads, and that was asked for. */
  | { readonly kind: "republish" }
  | { readonly kind: "same" }
  | { readonly kind: "refused"; readonly reason: string; readonly advice: string };

/**
 * Compares a formula with the one the tap has under the same name.
 *
 * @param current its text in the tap, `undefined` when there is none.
 * @param republish lets a version be published again with other downloads.
 */
export function compareWithTap(
  candidate: { readonly file: string; readonly text: string; readonly version: Version },
  current: string | undefined,
  republish: boolean,
): TapChange {
  const { file, text, version } = candidate;
  if (current === undefined) return { kind: "add" };
  if (current === text) return { kind: "same" };
  const from = versionInTap(current);
  if (from === undefined) {
    return {
      kind: "refused",
      reason: `${file} is in the tap, but nothing tells its version there`,
      advice: "Correct the formula in the tap by hand, or remove it there.",
    };
  }
  const order = compareVersions(from, version);
  if (order > 0) {
    return {
      kind: "refused",
      reason: `${file} is in the tap at ${from.text}, and ${version.text} is lower`,
      advice:
        "To publish a backport beside the newest version, set the rule `backport.formula: versioned`; to leave it out, `backport.formula: skip`.",
    };
  }
  if (order < 0) return { kind: "update", from };
  if (checksumsIn(current) === checksumsIn(text)) return { kind: "touch-up" };
  if (republish) return { kind: "republish" };
  return {
    kind: "refused",
    reason: `${file} is in the tap at ${from.text} with other checksums: whoever installed it has other bytes`,
    advice: "Release a new version. If the old downloads are gone for good, set `republish: true`.",
  };
}

/** The version a formula in the tap has, written or, as Homebrew allows, only in its URLs. */
export function versionInTap(text: string): Version | undefined {
  const written = /^\s*version\s+["']([^"']+)["']/m.exec(text)?.[1];
  if (written !== undefined) return parseTag(written)?.version;
  const urls = [...text.matchAll(/^\s*url\s+["']([^"']+)["']/gm)].map(([, url = ""]) => decodeURIComponent(url));
  const tagged = urls.flatMap((url) => url.split("/").map(parseTag)).find((tag) => tag !== undefined);
  return tagged === undefined ? undefined : parseVersion(tagged.version.text);
}

function checksumsIn(text: string): string {
  return [...text.matchAll(/\bsha256\s+["']([0-9a-fA-F]+)["']/g)]
    .map(([, hex = ""]) => hex.toLowerCase())
    .sort()
    .join(" ");
}
