/** A version of one to three numbers with an optional pre-release and build: `1`, `1.95`, `1.95.0`, `1.7.6-rc.1+build`. */
export interface Version {
  readonly numbers: readonly number[];
  readonly prerelease: string;
  readonly build: string;
}

const VERSION = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

/** Parses a version, which may be shortened; undefined for anything else (`stable`, `latest`). */
export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text.trim());
  if (match === null) return undefined;
  const numbers = match.slice(1, 4).flatMap((part) => (part === undefined ? [] : [Number(part)]));
  return { numbers, prerelease: match[4] ?? "", build: match[5] ?? "" };
}

export type Agreement = "same" | "agree" | "differ";

/** Compares two versions. `1.95` and `1.95.0` agree but are not the same, since the shorter one leaves the patch open. */
export function compareExactness(a: string, b: string): Agreement {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (left === undefined || right === undefined) return a === b ? "same" : "differ";
  const shared = Math.min(left.numbers.length, right.numbers.length);
  const alike = left.numbers.slice(0, shared).every((number, at) => number === right.numbers[at]);
  if (!alike || left.prerelease !== right.prerelease || left.build !== right.build) return "differ";
  return left.numbers.length === right.numbers.length ? "same" : "agree";
}

export function sameMinor(a: Version, b: Version): boolean {
  return a.numbers[0] === b.numbers[0] && (a.numbers[1] ?? 0) === (b.numbers[1] ?? 0);
}

/** Negative when `a` is lower than `b` by the precedence of semver 2.0.0 (section 11). Absent numbers count as 0. */
export function compareVersions(a: Version, b: Version): number {
  for (let at = 0; at < 3; at += 1) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.prerelease === b.prerelease) return 0;
  if (a.prerelease === "" || b.prerelease === "") return a.prerelease === "" ? 1 : -1;
  return comparePrereleases(a.prerelease.split("."), b.prerelease.split("."));
}

/** Writes the version `leader` in the style of `follower`: with as many numbers, and with a leading v if `follower` has one. */
export function inStyleOf(follower: string, leader: string): string {
  const [own, other] = [parseVersion(follower), parseVersion(leader)];
  if (own === undefined || other === undefined) return leader;
  const prefix = follower.startsWith("v") ? "v" : "";
  if (other.prerelease !== "" || other.build !== "") return prefix + leader.replace(/^v/, "");
  return prefix + other.numbers.slice(0, own.numbers.length).join(".");
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at], b[at]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left === right) continue;
    const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftIsNumber && rightIsNumber) return Number(left) - Number(right);
    if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
