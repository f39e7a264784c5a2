import type { Expectation } from "../expectation.ts";
import type { Finding, ProblemKind } from "../finding.ts";

/** What a check of one kind is given. */
export interface Subject {
  readonly expectation: Expectation;
  /** Of the expected secret; not empty. */
  readonly value: string;
  /** The value of another secret, by its name in the step's `env`. */
  readonly other: (name: string) => string;
  readonly now: Date;
  readonly expiresWithinDays: number;
}

/** Looks at a secret without any network. */
export type OfflineCheck = (subject: Subject) => Finding[] | Promise<Finding[]>;

const DAY_MS = 24 * 3600 * 1000;

export function problem({ expectation }: Subject, kind: ProblemKind, message: string): Finding {
  return { name: expectation.name, problem: kind, level: kind === "expires-soon" ? "warning" : "error", message };
}

/** A finding when a date has passed, or will soon. */
export function checkExpiry(subject: Subject, what: string, expires: Date): Finding[] {
  const day = expires.toISOString().slice(0, 10);
  const daysLeft = Math.floor((expires.getTime() - subject.now.getTime()) / DAY_MS);
  if (daysLeft < 0) return [problem(subject, "expired", `${what} expired on ${day}`)];
  if (daysLeft >= subject.expiresWithinDays) return [];
  return [problem(subject, "expires-soon", `${what} expires on ${day}, in ${daysLeft} days`)];
}
