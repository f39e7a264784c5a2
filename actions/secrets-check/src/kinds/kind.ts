import { countOf } from "@release-actions/report";
import type { Expectation } from "../expectation.ts";
import type { Finding, ProblemKind } from "../finding.ts";

/** The input of a check of one kind. */
export interface Subject {
  readonly expectation: Expectation;
  /** The value of the expected secret; not empty. */
  readonly value: string;
  /** The value of another secret, by its name in the step's `env`. */
  readonly other: (name: string) => string;
  readonly now: Date;
  readonly expiresWithinDays: number;
}

/** Checks a secret without network access. */
export type OfflineCheck = (subject: Subject) => readonly Finding[] | Promise<readonly Finding[]>;

const DAY_MS = 24 * 3600 * 1000;

/** One finding about a secret, or about another that belongs to it. */
export function problem(
  { expectation }: Subject,
  kind: ProblemKind,
  message: string,
  name = expectation.name,
): [Finding] {
  return [{ name, problem: kind, level: kind === "expires-soon" ? "warning" : "error", message }];
}

export function malformed(subject: Subject, message: string, name?: string): [Finding] {
  return problem(subject, "malformed", message, name);
}

/** A warning that a property of the secret is unknown, so that the secret may still be valid. */
export function unknown({ expectation }: Subject, message: string, name = expectation.name): [Finding] {
  return [{ name, problem: "unverified", level: "warning", message }];
}

/** Checks that a secret has a form. */
export function formOf(form: RegExp, complaint: string): OfflineCheck {
  return (subject) => (form.test(subject.value) ? [] : malformed(subject, complaint));
}

/** A finding when an expiry date has passed or is near, or when the date cannot be read. */
export function checkExpiry(subject: Subject, what: string, expires: Date | undefined): Finding[] {
  if (expires === undefined || Number.isNaN(expires.getTime())) {
    return unknown(subject, `the date on which ${what} expires cannot be read`);
  }
  const day = expires.toISOString().slice(0, 10);
  const daysLeft = Math.floor((expires.getTime() - subject.now.getTime()) / DAY_MS);
  if (daysLeft < 0) return problem(subject, "expired", `${what} expired on ${day}`);
  if (daysLeft >= subject.expiresWithinDays) return [];
  return problem(subject, "expires-soon", `${what} expires on ${day}, in ${countOf(daysLeft, "day")}`);
}

/** The text of a key or certificate, which may be stored in base64. */
export function textOf(value: string): string {
  return value.includes("-----BEGIN") ? value : (decodeBase64(value)?.toString("latin1") ?? value);
}

export function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replace(/\s+/g, "");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(compact) && compact.length % 4 === 0
    ? Buffer.from(compact, "base64")
    : undefined;
}

/** When a JSON Web Token expires (RFC 7519, `exp`); undefined when it is not such a token, or has no `exp`. */
export function jwtExpiry(token: string): Date | undefined {
  if (token.split(".").length < 3) return undefined;
  const { exp } = jwtClaims(token);
  return typeof exp === "number" ? new Date(exp * 1000) : undefined;
}

/** The claims of a JSON Web Token; empty when it is not such a token. */
export function jwtClaims(token: string): Readonly<Record<string, unknown>> {
  return Object(jsonIn(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
}

/** The value of a text in JSON; undefined when it is not JSON. The reason is dropped, because it would quote the secret. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
