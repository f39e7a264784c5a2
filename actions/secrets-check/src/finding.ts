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
  | "cannot-publish"
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

/** What to do about each kind of problem, one thing each. */
export const NEXT_STEP: Readonly<Record<ProblemKind, string>> = {
  missing: "Add it to the `env` of this step, or take it out of `expect`.",
  empty: "Set it under Settings, Secrets and variables, Actions, or pass it on to this workflow.",
  malformed: "Set it again, with the value as its issuer shows it.",
  expired: "Renew it, and set the new one.",
  "expires-soon": "Renew it before that day.",
  "wrong-password": "Set the password that belongs to it.",
  "wrong-team": "Set the name or the team of this certificate.",
  "wrong-scope": "Give it these rights, or make one that has them.",
  rejected: "Make a new one, and set it.",
  "cannot-publish": "Set up what npm needs, as the message says.",
  unverified: "Look at the service's own page of it, or turn `online` off.",
  unused: "Take it out of `expect`, or use it.",
  unexpected: "Add it to `expect`.",
};
