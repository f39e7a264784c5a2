import { placeOf, quote, quoteWithPlace, type Site } from "../fact.ts";
import type { Finding, Repair } from "../relation.ts";
import { compareVersions, inStyleOf } from "../version.ts";
import { mayNeedNightly, type RustPlace } from "./place.ts";
import { type FixedRelease, type Release, sameRelease } from "./release.ts";

/** The release that a place is compared with, and the site that states it. */
export interface Standard<R extends Release = Release> {
  readonly site: Site;
  readonly release: R;
}

/** A `rust-version`. */
export type Minimum = Standard<FixedRelease>;

export interface Verdict extends Pick<Finding, "severity" | "message" | "repair"> {
  readonly leader: Site;
}

/** Compares a place with the toolchain file that applies in its folder. */
export function judgeAgainstFile(place: RustPlace, file: Standard, minimums: readonly Minimum[]): Verdict | undefined {
  if (place.role === "one of several") return undefined;
  if (place.role === "msrv") return judgeMinimumJob(place, minimums);
  if (file.release.kind === "floating") return judgeAgainstFloating(place, file, minimums);
  switch (place.release.kind) {
    case "fixed":
      return judgeFixed(place, file, minimums);
    case "dated":
      return judgeDated(place, file);
    case "floating":
      return judgeFloating(place, place.release.channel, file);
  }
}

/** Requires that a job for the oldest supported Rust uses the release in `rust-version`. */
export function judgeMinimumJob({ release, site }: RustPlace, minimums: readonly Minimum[]): Verdict | undefined {
  const [first] = minimums;
  if (release.kind !== "fixed" || first === undefined || isMinimum(release, minimums)) return undefined;
  const message = `${quote(site)} here is for the oldest supported Rust, and \`rust-version\` is ${quoteWithPlace(first.site)}: make them equal`;
  return { severity: "warning", message, leader: first.site };
}

/** Reports a Rust that is older than `rust-version`, since it cannot compile the crates. */
export function judgeAgainstMinimum(
  place: RustPlace,
  { site: leader, release: highest }: Minimum,
): Verdict | undefined {
  const { release, site, role } = place;
  if (role !== "only" || release.kind !== "fixed") return undefined;
  if (sameRelease(release, highest) || compareVersions(release.version, highest.version) >= 0) return undefined;
  const message = `${quote(site)} here, and \`rust-version\` at ${placeOf(leader)} asks for ${quote(leader)} or newer`;
  const repair: Repair = { kind: "rewrite", value: inStyleOf(site.value, leader.value) };
  return { severity: place.use === "ships" ? "error" : "warning", message, leader, repair };
}

/** Compares a place with the newest release. Without a toolchain file it is unknown which place is right. */
export function judgeAgainstNewest({ release, site }: Standard, newest: Standard): Verdict | undefined {
  if (sameRelease(release, newest.release)) return undefined;
  const message = `Rust ${quote(site)} here, ${quoteWithPlace(newest.site)}: use one of them, or name it once in rust-toolchain.toml`;
  return { severity: "warning", message, leader: newest.site };
}

/** Compares a place that names a release with a toolchain file that names a channel. */
function judgeAgainstFloating(place: RustPlace, file: Standard, minimums: readonly Minimum[]): Verdict | undefined {
  const { release, use } = place;
  if (release.kind !== "fixed" || (use !== "ships" && isMinimum(release, minimums))) return undefined;
  const message = `${differs(place, file)}, which moves: name a release in the toolchain file`;
  return { severity: "warning", message, leader: file.site };
}

function judgeFixed(place: RustPlace, file: Standard, minimums: readonly Minimum[]): Verdict | undefined {
  const { site, use, release } = place;
  if (sameRelease(release, file.release)) return undefined;
  const isImage = site.isImage === true || isInDocker(place);
  if (isMinimum(release, minimums) && use === "checks" && !isImage) return undefined;
  const repair: Repair = { kind: "rewrite", value: inStyleOf(site.value, file.release.text) };
  // A nightly in the file and a release elsewhere may be intended.
  const mayBeMeant =
    file.release.kind === "dated" || (use === "checks" && isExplicit(place)) || (use !== "ships" && isImage);
  return { severity: mayBeMeant ? "warning" : "error", message: differs(place, file), leader: file.site, repair };
}

function isMinimum(release: Release, minimums: readonly Minimum[]): boolean {
  return minimums.some((each) => sameRelease(release, each.release));
}

function isInDocker({ fact }: RustPlace): boolean {
  return fact === "rust image" || fact === "Dockerfile toolchain";
}

/** `cargo +1.80.0` and `rustup toolchain install 1.80.0` in a check were written for that check. */
function isExplicit({ fact }: RustPlace): boolean {
  return fact === "workflow command";
}

function judgeDated(place: RustPlace, file: Standard): Verdict | undefined {
  if (file.release.text === place.release.text) return undefined;
  if (place.use !== "ships" && (file.release.kind !== "dated" || mayNeedNightly(place.label))) return undefined;
  const severity = place.use === "ships" && !place.yieldsToFile ? "error" : "warning";
  return { severity, message: differs(place, file), leader: file.site, repair: rewriteTo(place, file) };
}

function judgeFloating(place: RustPlace, channel: string, file: Standard): Verdict | undefined {
  const { site, use, yieldsToFile } = place;
  if ((channel === "nightly" || channel === "beta") && use !== "ships") return undefined;
  // The file pins a nightly, and the job uses the newest nightly for features that only a nightly has.
  if (channel === "nightly" && file.release.kind === "dated" && mayNeedNightly(place.label)) return undefined;
  if (isInDocker(place) && use === "ships") {
    const message = `${quote(site)} here moves with every release of Rust, and ${quote(file.site)} is pinned at ${placeOf(file.site)}: name that release here too`;
    return { severity: "error", message, leader: file.site, repair: rewriteTo(place, file) };
  }
  if (yieldsToFile) {
    const message = `${differs(place, file)}: rustup prefers the toolchain file, so this release is installed but not used; name the same release, or remove it here`;
    return { severity: "warning", message, leader: file.site };
  }
  const severity = use === "ships" ? "error" : "warning";
  return { severity, message: differs(place, file), leader: file.site, repair: rewriteTo(place, file) };
}

function rewriteTo({ fact }: RustPlace, file: Standard): Repair | undefined {
  return fact === "rust image" ? undefined : { kind: "rewrite", value: file.release.text };
}

/** `"1.94" here, "1.95" at rust-toolchain.toml:2`. */
export function differs({ site }: Pick<Standard, "site">, other: Pick<Standard, "site">): string {
  return `${quote(site)} here, ${quoteWithPlace(other.site)}`;
}
