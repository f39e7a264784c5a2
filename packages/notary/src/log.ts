import { asObject, asString, optionalString } from "./json.ts";

/** Apple's log of a submission; its format is shown in "Customizing the notarization workflow". */
export interface NotaryLog {
  readonly status: string;
  /** `statusSummary` and `statusCode`, which give the reason if there are no issues. */
  readonly summary: string | undefined;
  readonly statusCode: number | undefined;
  /** The SHA-256 of the file that Apple received, lower-case hex. */
  readonly sha256: string | undefined;
  readonly issues: readonly Issue[];
  /** The cdhashes in hex of the code that the ticket covers. */
  readonly cdhashes: readonly string[];
  /** The whole document, to be saved. */
  readonly document: unknown;
}

export interface Issue {
  readonly severity: "error" | "warning";
  /** The path inside the submission, which begins with the name of the archive. */
  readonly path: string;
  readonly message: string;
  readonly architecture: string | undefined;
  readonly docUrl: string | undefined;
}

/**
 * Reads a log leniently: a field that does not have the documented form is skipped.
 *
 * @throws NotaryError if there is no `status`
 */
export function parseLog(document: unknown): NotaryLog {
  const log = asObject(document, "the notarization log");
  const { statusCode } = log;
  return {
    status: asString(log["status"], "`status` in the notarization log"),
    summary: optionalString(log["statusSummary"]),
    statusCode: typeof statusCode === "number" ? statusCode : undefined,
    sha256: optionalString(log["sha256"])?.toLowerCase(),
    issues: listOf(log["issues"]).map(parseIssue),
    cdhashes: listOf(log["ticketContents"]).flatMap((entry) => parseTicketEntry(entry) ?? []),
    document,
  };
}

const NO_MESSAGE = "Apple reports an issue here without naming it";

/** A list from the log; Apple writes an empty list as null. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseIssue(value: unknown): Issue {
  const issue: Readonly<Record<string, unknown>> =
    typeof value === "object" && value !== null ? { ...value } : { message: optionalString(value) };
  return {
    // Any issue that is not a warning makes the notarization fail.
    severity: issue["severity"] === "warning" ? "warning" : "error",
    path: optionalString(issue["path"]) ?? "",
    message: optionalString(issue["message"]) ?? NO_MESSAGE,
    architecture: optionalString(issue["architecture"]),
    docUrl: optionalString(issue["docUrl"]),
  };
}

/** Reads an entry of the ticket. Containers (a disk image, a bundle's folder) have no cdhash and are skipped. */
function parseTicketEntry(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("cdhash" in value)) return undefined;
  return optionalString(value.cdhash)?.toLowerCase();
}
