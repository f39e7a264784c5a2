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
export type OfflineCheck = (subject: Subject) => Finding[] | Promise<Finding[]>;

const DAY_MS = 24 * 3600 * 1000;

export function problem({ expectation }: Subject, kind: ProblemKind, message: string): Finding {
  return { name: expectation.name, problem: kind, level: kind === "expires-soon" ? "warning" : "error", message };
}

/** A warning that a property of the secret is unknown, so that the secret may still be valid. */
export function unknown({ expectation }: Subject, message: string): Finding {
  return { name: expectation.name, problem: "unverified", level: "warning", message };
}

/** A finding when an expiry date has passed or is near, or when the date cannot be read. */
export function checkExpiry(subject: Subject, what: string, expires: Date | undefined): Finding[] {
  if (expires === undefined || Number.isNaN(expires.getTime())) {
    return [unknown(subject, `the date on which ${what} expires cannot be read`)];
  }
  const day = expires.toISOString().slice(0, 10);
  const daysLeft = Math.floor((expires.getTime() - subject.now.getTime()) / DAY_MS);
  if (daysLeft < 0) return [problem(subject, "expired", `${what} expired on ${day}`)];
  if (daysLeft >= subject.expiresWithinDays) return [];
  return [problem(subject, "expires-soon", `${what} expires on ${day}, in ${countOf(daysLeft, "day")}`)];
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
  const [, payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const { exp }: { exp?: unknown } = Object(JSON.parse(Buffer.from(payload, "base64url").toString()));
    return typeof exp === "number" ? new Date(exp * 1000) : undefined;
  } catch {
    return undefined; // Two dots do not make a JWT.
  }
}
