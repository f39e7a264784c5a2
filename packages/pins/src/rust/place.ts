import path from "node:path";
import type { Site } from "../fact.ts";
import { parseRelease, type Release } from "./release.ts";

/** One place that names the Rust release to use. */
export interface RustPlace {
  readonly site: Site;
  readonly release: Release;
  /** The name of the fact, such as `rust image`. */
  readonly fact: string;
  /** Whether this Rust builds something that is shipped, or is only used for checks or by developers. */
  readonly use: "ships" | "checks" | "develops";
  /** Whether rustup prefers the toolchain file, so that this place has no effect. */
  readonly yieldsToFile: boolean;
  /** "one of several" for tests with several releases, "msrv" if a name says that this is the oldest supported release. */
  readonly role: "only" | "one of several" | "msrv";
  /** The names of the job, its workflow and the step, which show the purpose; empty outside workflows. */
  readonly label: string;
  /** The folder where cargo runs, relative to the repository. */
  readonly folder: string;
  /** The offsets in the file of the parts that the value is composed of. */
  readonly starts: readonly number[];
}

/** What is known about a place besides its value; the rest has defaults. */
export type PlaceKind = Pick<RustPlace, "fact" | "use" | "yieldsToFile"> & Partial<Omit<RustPlace, "site" | "release">>;

/** The place of a site; empty if its value is not a Rust release. */
export function rustPlace(site: Site, kind: PlaceKind): RustPlace[] {
  const release = parseRelease(site.value);
  if (release === undefined) return [];
  const folder = path.posix.dirname(site.location?.file ?? "");
  return [{ role: "only", label: "", folder, starts: [], ...kind, site, release }];
}

const MSRV =
  /msrv|min(?:imum|imal)?[-_ .]?(?:supported[-_ .]?)?rust|rust[-_ .]?min|oldest[-_ ]?rust|rust[-_ .]?version[-_ ]?check/i;

/** Whether the name of a job, variable or step says that it is about the oldest supported Rust. */
export function speaksOfMsrv(name: string): boolean {
  return MSRV.test(name);
}

/** Jobs that may need features of a nightly or beta compiler, and ship nothing. */
const NEEDS_NIGHTLY =
  /fmt|format|miri|fuzz|doc|sanit|asan|tsan|coverage|llvm-cov|udeps|minimal[-_ ]versions|careful|bench|nightly|loom|unstable|cross/i;

export function mayNeedNightly(name: string): boolean {
  return NEEDS_NIGHTLY.test(name);
}

/** Folders of tests, examples and documentation, from which the product is not built. */
const ASIDE =
  /(^|\/)(tests?|testing|fixtures?|test-?data|examples?|samples?|templates?|docs?|bench(?:es|marks?)?|fuzz|e2e|demos?|playground|regression|tilt|website|contrib|third[-_]party)(\/|$)/i;

export function isAside(file: string): boolean {
  return ASIDE.test(file);
}
