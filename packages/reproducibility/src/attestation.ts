import type { SumsEntry } from "@release-actions/digest";
import { Fault } from "@release-actions/report";
import type { Comparison } from "./comparison.ts";
import { isReproducible } from "./comparison.ts";

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** SLSA Verification Summary Attestation (https://slsa.dev/spec/v1.1/verification_summary). */
const SUMMARY_TYPE = "https://slsa.dev/verification_summary/v1";
/** A level of our own, as the specification allows: levels of SLSA begin with `SLSA_`. */
const LEVEL = "REPRODUCED";

/**
 * The subjects of an attestation, as a checksum list: an in-toto statement, a DSSE envelope or Sigstore bundle around
 * one, or several of them as `gh attestation download` writes them, one a line. Signatures are not verified here.
 * Undefined where the text is something else.
 */
export function parseAttestation(text: string, source: string): SumsEntry[] | undefined {
  const documents = parseDocuments(text);
  const statements = documents.map(statementOf).filter((one) => one !== undefined);
  if (statements.length === 0 || statements.length !== documents.length) return undefined;
  const entries: SumsEntry[] = statements.flatMap(({ subject }) =>
    list(subject).flatMap((item): SumsEntry[] => {
      const { name, digest } = record(item);
      const digests = record(digest);
      const algorithm = (["sha256", "blake3", "sha512"] as const).find((one) => typeof digests[one] === "string");
      if (typeof name !== "string" || algorithm === undefined) return [];
      return [{ path: name, hex: String(digests[algorithm]).toLowerCase(), algorithms: [algorithm], line: 1 }];
    }),
  );
  if (entries.length > 0) return entries;
  throw new Fault(`${source} is an attestation without subjects that have a name and a SHA-256, SHA-512 or BLAKE3`);
}

function parseDocuments(text: string): unknown[] {
  const parse = (part: string): unknown[] => {
    try {
      const value: unknown = JSON.parse(part);
      return Array.isArray(value) ? value : [value];
    } catch {
      return [undefined];
    }
  };
  const whole = parse(text);
  return whole[0] !== undefined
    ? whole
    : text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .flatMap(parse);
}

function statementOf(document: unknown): Record<string, unknown> | undefined {
  const outer = record(document);
  const inner = record(outer["bundle"] ?? outer);
  const envelope = record(inner["dsseEnvelope"] ?? inner);
  if (typeof envelope["payload"] === "string") {
    try {
      return statementOf(JSON.parse(Buffer.from(envelope["payload"], "base64").toString("utf8")));
    } catch {
      return undefined; // Not a statement.
    }
  }
  return typeof envelope["_type"] === "string" && Array.isArray(envelope["subject"]) ? envelope : undefined;
}

export interface VerificationFacts {
  /** Who compared, as a URI. */
  readonly verifier: string;
  /** What was built, such as `git+https://github.com/o/r@<commit>`. */
  readonly resource: string;
  readonly time: Date;
}

/** A statement that says of each file with a SHA-256 whether all builds have it equal: one for all, passed or failed. */
export function verificationStatement(comparison: Comparison, { verifier, resource, time }: VerificationFacts): object {
  const subject = comparison.verdicts.flatMap(({ path }) => {
    const files = comparison.builds.flatMap(({ files: known }) => known.get(path) ?? []);
    const sha256 = files.flatMap((file) => (file.kind === "file" ? (file.digests.sha256 ?? []) : []))[0];
    return sha256 === undefined ? [] : [{ name: path, digest: { sha256 } }];
  });
  const passed = isReproducible(comparison);
  return {
    _type: STATEMENT_TYPE,
    subject,
    predicateType: SUMMARY_TYPE,
    predicate: {
      verifier: { id: verifier },
      timeVerified: time.toISOString(),
      resourceUri: resource,
      policy: { uri: "https://reproducible-builds.org/docs/definition/" },
      verificationResult: passed ? "PASSED" : "FAILED",
      verifiedLevels: passed ? [LEVEL] : [],
    },
  };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
