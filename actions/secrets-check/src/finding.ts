export type ProblemKind =
  | "missing"
  | "empty"
  | "malformed"
  | "expired"
  | "expires-soon"
  | "wrong-password"
  | "wrong-team"
  | "wrong-scope"
  | "rejected"
  | "unverified"
  | "unused"
  | "unexpected";

/** What is wrong with a secret, in words that never hold a part of it. */
export interface Finding {
  readonly name: string;
  readonly problem: ProblemKind;
  readonly level: "error" | "warning";
  readonly message: string;
}
