import { asObject, asString, optionalString } from "./json.ts";

/** What Apple's log says of a submission; the format is shown in "Customizing the notarization workflow". */
export interface NotaryLog {
  readonly status: string;
  /** `statusSummary` and `statusCode`: why, where there are no issues. */
  readonly summary: string | undefined;
  readonly statusCode: number | undefined;
  /** Of the file that Apple saw, lower-case hex. */
  readonly sha256: string | undefined;
  readonly issues: readonly Issue[];
  readonly ticket: readonly TicketEntry[];
  /** The whole document, for keeping. */
  readonly document: unknown;
}

export interface Issue {
  readonly severity: "error" | "warning";
  /** Inside the submission, with the name of the archive in front. */
  readonly path: string;
  readonly message: string;
  readonly architecture: string | undefined;
  readonly docUrl: string | undefined;
}

/** One code that the ticket speaks for. */
export interface TicketEntry {
  readonly path: string;
  /** Hex. */
  readonly cdhash: string;
  readonly architecture: string | undefined;
}

/** Takes what can be read: a field of another shape than documented leaves the others readable. */
export function parseLog(document: unknown): NotaryLog {
  const log = asObject(document, "the notarization log");
  const { statusCode } = log;
  return {
    status: asString(log["status"], "`status` in the notarization log"),
    summary: optionalString(log["statusSummary"]),
    statusCode: typeof statusCode === "number" ? statusCode : undefined,
    sha256: optionalString(log["sha256"])?.toLowerCase(),
    issues: listOf(log["issues"]).map(parseIssue),
    ticket: listOf(log["ticketContents"]).flatMap(parseTicketEntry),
    document,
  };
}

const NO_MESSAGE = "Apple reports an issue here without naming it";

/** Apple writes an empty list as null. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseIssue(value: unknown): Issue {
  const issue: Readonly<Record<string, unknown>> =
    typeof value === "object" && value !== null ? { ...value } : { message: optionalString(value) };
  return {
    // What is not called a warning stops the notarization.
    severity: issue["severity"] === "warning" ? "warning" : "error",
    path: optionalString(issue["path"]) ?? "",
    message: optionalString(issue["message"]) ?? NO_MESSAGE,
    architecture: optionalString(issue["architecture"]),
    docUrl: optionalString(issue["docUrl"]),
  };
}

/** Containers (a disk image, a bundle's folder) are listed without a cdhash of code. */
function parseTicketEntry(value: unknown): TicketEntry[] {
  if (typeof value !== "object" || value === null) return [];
  const entry: Readonly<Record<string, unknown>> = { ...value };
  const cdhash = optionalString(entry["cdhash"])?.toLowerCase();
  if (cdhash === undefined) return [];
  return [{ path: optionalString(entry["path"]) ?? "", cdhash, architecture: optionalString(entry["arch"]) }];
}
