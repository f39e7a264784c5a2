import type { Kind } from "../expectation.ts";

/** Prefixes that show the kind of a value, whatever its name is. */
const BEGINNINGS: readonly (readonly [RegExp, Kind])[] = [
  [/^(?:gh[pousr]_|github_pat_)/, "github-token"],
  [/^npm_/, "npm-token"],
  [/^\s*-----BEGIN ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----/, "cosign-key"],
  [/^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/, "private-key"],
  [/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/, "polarsignals-token"],
];

/** The kind of a value by its prefix, for secrets with an unknown name: a token, a key, or a JSON Web Token. */
export function evidentKind(value: string): Kind {
  return BEGINNINGS.find(([beginning]) => beginning.test(value))?.[1] ?? "nonempty";
}
