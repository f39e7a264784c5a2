import { parseVersion, type Version } from "../version.ts";

/** A Rust release, as rustup reads the name of a toolchain (rustup book, "Toolchains"). */
export type Release =
  /** `1.95.0` or `1.95`: always the same compiler. */
  | { readonly kind: "fixed"; readonly version: Version; readonly text: string }
  /** `nightly-2026-01-02`, `beta-2026-01-02`. */
  | { readonly kind: "dated"; readonly channel: string; readonly text: string }
  /** `stable`, `1`, `latest`: another compiler next month. */
  | { readonly kind: "floating"; readonly channel: string; readonly text: string };

export type FixedRelease = Extract<Release, { readonly kind: "fixed" }>;

/** The host suffix of `1.95.0-x86_64-unknown-linux-gnu` and `nightly-aarch64-apple-darwin`. */
const HOST =
  /-(?:x86_64|aarch64|i[3-6]86|arm\w*|powerpc\w*|riscv\w*|s390x|loongarch64|mips\w*|sparc\w*|wasm32)(?:-\w+){1,3}$/;

/** Parses the name of a toolchain; undefined for anything other than a Rust release, such as a custom toolchain, `none` or `msrv`. */
export function parseRelease(given: string): Release | undefined {
  const text = given.trim().replace(HOST, "");
  const dated = /^(nightly|beta|stable)-\d{4}-\d{2}-\d{2}$/.exec(text);
  if (dated !== null) return { kind: "dated", channel: dated[1] ?? "", text };
  if (/^(stable|beta|nightly|latest)$/.test(text) || /^(stable|nightly|beta) (minus|plus)? ?\d+ /.test(text))
    return { kind: "floating", channel: text.split(" ")[0] ?? text, text };
  const version = parseVersion(text);
  // All Rust releases are 1.x, so `2-1` and `3.12` are versions of other products.
  if (version?.numbers[0] !== 1 || !/^(beta(\.\d+)?|nightly)?$/.test(version.prerelease)) return undefined;
  if (version.numbers.length === 1) return { kind: "floating", channel: "1", text };
  return { kind: "fixed", version, text: text.replace(/^v/, "") };
}

/** Whether two names mean the same release: people write `1.95` for `1.95.0`. */
export function sameRelease(a: Release, b: Release): boolean {
  if (a.kind !== "fixed" || b.kind !== "fixed") return a.text === b.text;
  const [left, right] = [a.version, b.version];
  const shared = Math.min(left.numbers.length, right.numbers.length);
  return (
    left.prerelease === right.prerelease &&
    left.numbers.slice(0, shared).every((number, at) => number === right.numbers[at])
  );
}
