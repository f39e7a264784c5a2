import { placeOf, type Site } from "../fact.ts";
import type { Repair } from "../relation.ts";
import { compareVersions, inStyleOf, type Version } from "../version.ts";
import { mayNeedNightly, type RustPlace } from "./place.ts";
import { isSameRelease, type Release } from "./release.ts";

/** The release that a place is compared with, and the site that states it. */
export interface Standard {
  readonly site: Site;
  readonly release: Release;
}

export interface Verdict {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly leader: Site;
  readonly repair: Repair | undefined;
}

/** Compares a place with the toolchain file that applies in its folder. */
export function judgeAgainstFile(place: RustPlace, file: Standard, minimums: readonly Standard[]): Verdict | undefined {
  if (place.role === "one of several") return undefined;
  if (place.role === "msrv") return judgeMinimumJob(place, minimums);
  const { release } = place;
  if (file.release.kind === "floating") return judgeAgainstFloating(place, file, minimums);
  switch (release.kind) {
    case "fixed":
      return judgeFixed(place, release.version, file, minimums);
    case "dated":
      return judgeDated(place, release.text, file);
    case "floating":
      return judgeFloating(place, release.channel, file);
  }
}

/** Requires that a job for the oldest supported Rust uses the release in `rust-version`. */
export function judgeMinimumJob({ release, site }: RustPlace, minimums: readonly Standard[]): Verdict | undefined {
  const [first] = minimums;
  if (release.kind !== "fixed" || first === undefined) return undefined;
  if (minimums.some((each) => sameRelease(release, each.release))) return undefined;
  const message = `${quote(site)} here is for the oldest supported Rust, and \`rust-version\` is ${quote(first.site)} at ${placeOf(first.site)}: make them equal`;
  return { severity: "warning", message, leader: first.site, repair: undefined };
}

/** Reports a Rust that is older than `rust-version`, since it cannot compile the crates. */
export function judgeAgainstMinimum(place: RustPlace, highest: Standard): Verdict | undefined {
  const { release, site, role } = place;
  if (role !== "only" || release.kind !== "fixed" || highest.release.kind !== "fixed") return undefined;
  const [found, wanted] = [release.version, highest.release.version];
  if (isSameRelease(found, wanted) || compareVersions(found, wanted) >= 0) return undefined;
  const message = `${quote(site)} here, and \`rust-version\` at ${placeOf(highest.site)} asks for ${quote(highest.site)} or newer`;
  const repair: Repair = { kind: "rewrite", value: inStyleOf(site.value, highest.site.value) };
  return { severity: place.use === "ships" ? "error" : "warning", message, leader: highest.site, repair };
}

/** Compares a place with the newest release. Without a toolchain file it is unknown which place is right. */
export function judgeAgainstNewest(place: RustPlace, newest: Standard): Verdict | undefined {
  const { release, site } = place;
  if (release.kind !== "fixed" || sameRelease(release, newest.release)) return undefined;
  const message = `Rust ${quote(site)} here, ${quote(newest.site)} at ${placeOf(newest.site)}: use one of them, or name it once in rust-toolchain.toml`;
  return { severity: "warning", message, leader: newest.site, repair: undefined };
}

/** Compares a place that names a release with a toolchain file that names a channel. */
function judgeAgainstFloating(place: RustPlace, file: Standard, minimums: readonly Standard[]): Verdict | undefined {
  const { release, use } = place;
  if (release.kind !== "fixed") return undefined;
  if (use !== "ships" && minimums.some((each) => sameRelease(release, each.release))) return undefined;
  const message = `${differs(place, file)}, which moves: name a release in the toolchain file`;
  return { severity: "warning", message, leader: file.site, repair: undefined };
}

function judgeFixed(
  place: RustPlace,
  version: Version,
  file: Standard,
  minimums: readonly Standard[],
): Verdict | undefined {
  const { site, use } = place;
  if (sameRelease(place.release, file.release)) return undefined;
  const isImage = site.isImage === true || place.fact === "rust image" || place.fact === "Dockerfile toolchain";
  const isMinimum = minimums.some(
    (each) => each.release.kind === "fixed" && isSameRelease(version, each.release.version),
  );
  if (isMinimum && use === "checks" && !isImage) return undefined;
  const repair: Repair = { kind: "rewrite", value: inStyleOf(site.value, file.release.text) };
  // A nightly in the file and a release elsewhere may be intended.
  const mayBeMeant =
    file.release.kind === "dated" || (use === "checks" && isExplicit(place)) || (use !== "ships" && isImage);
  return { severity: mayBeMeant ? "warning" : "error", message: differs(place, file), leader: file.site, repair };
}

/** `cargo +1.80.0` and `rustup toolchain install 1.80.0` in a check were written for that check. */
function isExplicit({ fact, site }: RustPlace): boolean {
  return fact === "workflow command" || (fact === "workflow toolchain" && site.isImage === true);
}

function judgeDated(place: RustPlace, text: string, file: Standard): Verdict | undefined {
  if (file.release.kind === "dated" && file.release.text === text) return undefined;
  if (place.use !== "ships" && file.release.kind !== "dated") return undefined;
  if (place.use !== "ships" && file.release.kind === "dated" && mayNeedNightly(place.label)) return undefined;
  const severity = place.use === "ships" && !place.yieldsToFile ? "error" : "warning";
  return { severity, message: differs(place, file), leader: file.site, repair: rewriteTo(place, file) };
}

function judgeFloating(place: RustPlace, channel: string, file: Standard): Verdict | undefined {
  const { site, use, yieldsToFile, fact } = place;
  if ((channel === "nightly" || channel === "beta") && use !== "ships") return undefined;
  // The file pins a nightly, and the job uses the newest nightly for features that only a nightly has.
  if (channel === "nightly" && file.release.kind === "dated" && mayNeedNightly(place.label)) return undefined;
  const isDocker = fact === "rust image" || fact === "Dockerfile toolchain";
  if (isDocker && use === "ships") {
    const message = `${quote(site)} here moves with every release of Rust, and ${quote(file.site)} is pinned at ${placeOf(file.site)}: name that release here too`;
    return { severity: "error", message, leader: file.site, repair: rewriteTo(place, file) };
  }
  if (yieldsToFile) {
    const message = `${quote(site)} here, ${quote(file.site)} at ${placeOf(file.site)}: rustup prefers the toolchain file, so this release is installed but not used; name the same release, or remove it here`;
    return { severity: "warning", message, leader: file.site, repair: undefined };
  }
  const severity = use === "ships" ? "error" : "warning";
  return { severity, message: differs(place, file), leader: file.site, repair: rewriteTo(place, file) };
}

function rewriteTo({ fact }: RustPlace, file: Standard): Repair | undefined {
  return fact === "rust image" ? undefined : { kind: "rewrite", value: file.release.text };
}

function differs({ site }: RustPlace, file: Standard): string {
  return `${quote(site)} here, ${quote(file.site)} at ${placeOf(file.site)}`;
}

export function sameRelease(a: Release, b: Release): boolean {
  if (a.kind === "fixed" && b.kind === "fixed") return isSameRelease(a.version, b.version);
  return a.text === b.text;
}

export function quote({ value }: Site): string {
  return value.length > 120 ? `"${value.slice(0, 117)}..."` : `"${value}"`;
}
