import type { SumsEntry } from "@release-actions/digest";
import { Fault } from "@release-actions/report";
import type { Comparison } from "./comparison.ts";
import { isReproducible } from "./comparison.ts";

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** SLSA Verification Summary Attestation (https://slsa.dev/spec/v1.1/verification_summary). */
const SUMMARY_TYPE = "https://slsa.dev/verification_summary/v1";
/** A custom level, which the specification allows: only names that begin with `SLSA_` are reserved. */
const LEVEL = "REPRODUCED";
/** The value of `verifiedLevels` when the result is FAILED (the same page, `verifiedLevels`). */
const NO_LEVEL = "FAILED";
const HEX_LENGTH = { sha256: 64, blake3: 64, sha512: 128, blake2b: 128 } as const;

/**
 * Reads the subjects of an attestation as a checksum list. The attestation is an in-toto statement, a DSSE envelope or
 * Sigstore bundle around one, or several of these as `gh attestation download` (one per line), `gh attestation verify
 * --format json` and GitHub's REST API write them. Signatures are not verified. Undefined for any other text.
 *
 * @throws Fault when the attestations contradict each other, or have no subject with a usable digest
 */
export function parseAttestation(text: string, source: string): SumsEntry[] | undefined {
  const documents = parseDocuments(text);
  const statements = documents.map(statementOf).filter((one) => one !== undefined);
  if (statements.length === 0 || statements.length !== documents.length) return undefined;
  const entries = new Map<string, SumsEntry>();
  for (const entry of statements.flatMap(({ subject }) => list(subject)).flatMap((item) => toEntry(item, source))) {
    const known = entries.get(entry.path);
    // Several attestations of one release may each name their own file. Two digests of one file are a contradiction.
    if (known !== undefined && known.algorithms[0] === entry.algorithms[0] && known.hex !== entry.hex)
      throw new Fault(`${source} attests two digests of ${entry.path}: ${known.hex} and ${entry.hex}`, {
        advice: "Keep the attestations of one release only.",
      });
    entries.set(entry.path, known ?? entry);
  }
  if (entries.size > 0) return [...entries.values()];
  throw new Fault(
    `${source} is an attestation without subjects that have a name and a SHA-256, SHA-512, BLAKE2b or BLAKE3`,
  );
}

/** Converts a subject to an entry of a checksum list; empty when it has no name or no supported digest. */
function toEntry(item: unknown, source: string): SumsEntry[] {
  const { name, digest } = record(item);
  const digests = record(digest);
  const algorithm = (["sha256", "blake3", "sha512", "blake2b"] as const).find((one) => digests[one] !== undefined);
  if (typeof name !== "string" || name === "" || algorithm === undefined) return [];
  const hex = String(digests[algorithm]).toLowerCase();
  if (!/^[0-9a-f]+$/.test(hex) || hex.length !== HEX_LENGTH[algorithm])
    throw new Fault(
      `${source} attests "${hex.slice(0, 80)}" as the ${algorithm} of ${name}, expected ${HEX_LENGTH[algorithm]} hex characters`,
    );
  return [{ path: packedName(name) ?? name.replace(/^(?:\.\/)+/, ""), hex, algorithms: [algorithm], line: 1 }];
}

/** The name of the file that `npm pack` writes for a package URL in npm's provenance (`pkg:npm/%40scope/name@1.2.3`). */
function packedName(name: string): string | undefined {
  const [, scope, base, version] = /^pkg:npm\/(?:(?:%40|@)([\w.~-]+)\/)?([\w.~-]+)@([\w.+%-]+)$/i.exec(name) ?? [];
  if (base === undefined || version === undefined) return undefined;
  const parts = [...(scope === undefined ? [] : [scope]), base, version.replace(/%2b/gi, "+")];
  return `${parts.join("-")}.tgz`;
}

function parseDocuments(text: string): unknown[] {
  const parse = (part: string): unknown[] => {
    try {
      const value: unknown = JSON.parse(part);
      // `GET /repos/{owner}/{repo}/attestations/{digest}` answers with an object around the list.
      const inner = record(value)["attestations"] ?? value;
      return Array.isArray(inner) ? inner : [inner];
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
  const given = record(document);
  // `gh attestation verify` writes the verified statement beside the attestation.
  const verified = record(given["verificationResult"])["statement"];
  if (verified !== undefined) return statementOf(verified);
  const outer = record(given["attestation"] ?? given);
  const inner = record(outer["bundle"] ?? outer);
  const envelope = record(inner["dsseEnvelope"] ?? inner);
  if (typeof envelope["payload"] === "string") {
    try {
      return statementOf(JSON.parse(Buffer.from(envelope["payload"], "base64").toString("utf8")));
    } catch {
      return undefined; // The text is not a statement.
    }
  }
  return typeof envelope["_type"] === "string" && Array.isArray(envelope["subject"]) ? envelope : undefined;
}

/** The facts that a verification statement records. */
export interface VerificationFacts {
  /** The URI of the workflow or tool that compared the builds. */
  readonly verifier: string;
  /** The URI of the source that was built, such as `git+https://github.com/o/r@<commit>`. */
  readonly resource: string;
  readonly time: Date;
}

/**
 * An in-toto statement that the named files are equal in all builds. It has one result, PASSED or FAILED, for all of the
 * files. It leaves out differing files that match `ignore`, because they were not reproduced.
 */
export function verificationStatement(comparison: Comparison, { verifier, resource, time }: VerificationFacts): object {
  const subject = comparison.verdicts.flatMap(({ path, kind, severity }) => {
    if (kind !== "equal" && severity === "ignored") return [];
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
      verifiedLevels: [passed ? LEVEL : NO_LEVEL],
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
