/** A finding about a secret. The message never contains a part of the secret. */
export interface Finding {
  readonly name: string;
  readonly problem: ProblemKind;
  readonly level: "error" | "warning";
  readonly message: string;
}

/** The kinds of problems, and the next step for each. */
export const NEXT_STEP = {
  missing: "If it is not needed, remove it from `expect`.",
  empty: "Set it under Settings, Secrets and variables, Actions, or pass it on to this workflow.",
  malformed: "Set it again, with exactly the value that the issuer shows.",
  expired: "Renew it, and store the new value.",
  "expires-soon": "Renew it before that day.",
  "wrong-password": "Set the password that belongs to it.",
  "wrong-team": "Set the name or the team of this certificate.",
  "wrong-scope": "Give it these permissions, or create one that has them.",
  rejected: "Create a new one, and store it.",
  "cannot-publish": "Configure npm as the message says.",
  unverified: "Check it on the service's own page, or set `online: false`.",
  unused: "Remove it from `expect`, or use it.",
  unexpected: "Add it to `expect`.",
} as const;

export type ProblemKind = keyof typeof NEXT_STEP;
