import { asList, asObject, asString, optionalString } from "./json.ts";

/** What Apple's log says of a submission; the format is shown in "Customizing the notarization workflow". */
export interface NotaryLog {
  readonly status: string;
  readonly summary: string | undefined;
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

export function parseLog(document: unknown): NotaryLog {
  const log = asObject(document, "the notarization log");
  return {
    status: asString(log["status"], "`status` in the notarization log"),
    summary: optionalString(log["statusSummary"]),
    sha256: optionalString(log["sha256"])?.toLowerCase(),
    issues: asList(log["issues"], "`issues` in the notarization log").map(parseIssue),
    ticket: asList(log["ticketContents"], "`ticketContents` in the notarization log").flatMap(parseTicketEntry),
    document,
  };
}

function parseIssue(value: unknown): Issue {
  const issue = asObject(value, "an issue in the notarization log");
  return {
    // What is not called a warning stops the notarization.
    severity: issue["severity"] === "warning" ? "warning" : "error",
    path: optionalString(issue["path"]) ?? "",
    message: asString(issue["message"], "the message of an issue in the notarization log"),
    architecture: optionalString(issue["architecture"]),
    docUrl: optionalString(issue["docUrl"]),
  };
}

/** Containers (a disk image, a bundle's folder) are listed without a cdhash of code. */
function parseTicketEntry(value: unknown): TicketEntry[] {
  const entry = asObject(value, "an entry of the ticket");
  const cdhash = optionalString(entry["cdhash"])?.toLowerCase();
  if (cdhash === undefined) return [];
  return [{ path: optionalString(entry["path"]) ?? "", cdhash, architecture: optionalString(entry["arch"]) }];
}
