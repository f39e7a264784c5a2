import type { Kind } from "../expectation.ts";

/** Beginnings by which a value tells its kind, whatever it is called. */
const BEGINNINGS: readonly (readonly [RegExp, Kind])[] = [
  [/^(?:gh[pousr]_|github_pat_)/, "github-token"],
  [/^npm_/, "npm-token"],
  [/^\s*-----BEGIN ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----/, "cosign-key"],
  [/^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/, "private-key"],
  [/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/, "polarsignals-token"],
];

/** What a value says of itself, for names that say nothing: a token with its maker's prefix, a key, a JSON Web Token. */
export function evidentKind(value: string): Kind {
  return BEGINNINGS.find(([beginning]) => beginning.test(value))?.[1] ?? "nonempty";
}
