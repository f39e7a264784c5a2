import type { Site } from "../fact.ts";
import type { Release } from "./release.ts";

/** One place that says which Rust is used. */
export interface RustPlace {
  readonly site: Site;
  readonly release: Release;
  /** The name of the fact, such as `rust image`. */
  readonly fact: string;
  /** Whether what is shipped is built with it, or only checked, or it helps who develops. */
  readonly use: "ships" | "checks" | "develops";
  /** rustup prefers the toolchain file to this, so that without effect it only misleads. */
  readonly yieldsToFile: boolean;
  /** It is one of several releases that are tested, or says by its name that it is the oldest one. */
  readonly role: "only" | "one of several" | "msrv";
  /** Names of the job, its workflow and the step, for telling what it is for; empty elsewhere. */
  readonly label: string;
  /** The folder where cargo runs, relative to the repository. */
  readonly folder: string;
  /** Offsets of the parts that the value is made of, in its file. */
  readonly starts?: readonly number[];
}

const MSRV =
  /msrv|min(?:imum|imal)?[-_ .]?(?:supported[-_ .]?)?rust|rust[-_ .]?min|oldest[-_ ]?rust|rust[-_ .]?version[-_ ]?check/i;

/** Whether a name (of a job, a variable, a step) says that it is about the oldest Rust that will do. */
export function speaksOfMsrv(name: string): boolean {
  return MSRV.test(name);
}

/** Jobs that need a nightly or beta compiler for what it alone can do, and give nothing away. */
const NEEDS_NIGHTLY =
  /fmt|format|miri|fuzz|doc|sanit|asan|tsan|coverage|llvm-cov|udeps|minimal[-_ ]versions|careful|bench|nightly|loom|unstable|cross/i;

export function mayNeedNightly(name: string): boolean {
  return NEEDS_NIGHTLY.test(name);
}

/** Files that show or test something and are not what the product is built from. */
const ASIDE =
  /(^|\/)(tests?|testing|fixtures?|test-?data|examples?|samples?|templates?|docs?|bench(?:es|marks?)?|fuzz|e2e|demos?|playground|regression|tilt|website|contrib|third[-_]party)(\/|$)/i;

export function isAside(file: string): boolean {
  return ASIDE.test(file);
}
