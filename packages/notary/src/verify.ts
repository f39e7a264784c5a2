import { adviceFor, adviceForStatus } from "./known-issues.ts";
import type { NotaryLog } from "./log.ts";

/** A message about a submission, with advice if it is known. */
export interface Complaint {
  readonly level: "error" | "warning";
  readonly message: string;
  readonly advice: string | undefined;
}

/** The reason why a submission was not accepted and all issues of the log, with advice for known issues. */
export function complaintsOf(log: NotaryLog): Complaint[] {
  return [...summaryOf(log), ...issuesOf(log)];
}

/** Apple's status code for "there are issues", which is left out because the issues explain more. */
const HAS_ISSUES = 4000;

function summaryOf({ status, summary, statusCode, issues }: NotaryLog): Complaint[] {
  if (status === "Accepted" || (summary === undefined && statusCode === undefined)) return [];
  if (issues.length > 0 && (statusCode === undefined || statusCode === HAS_ISSUES)) return [];
  const code = statusCode === undefined ? "" : ` (status code ${statusCode})`;
  const message = `${status}: ${summary ?? "Apple gives no reason"}${code}`;
  return [{ level: "error", message, advice: adviceForStatus(statusCode, summary ?? "") }];
}

function issuesOf(log: NotaryLog): Complaint[] {
  return log.issues.map(({ severity, path, architecture, message, docUrl }) => {
    const place = [path, architecture === undefined ? "" : `(${architecture})`].filter((part) => part !== "").join(" ");
    const more = docUrl === undefined ? undefined : `See ${docUrl}`;
    return {
      level: severity,
      message: place === "" ? message : `${place}: ${message}`,
      advice: adviceFor(message) ?? more,
    };
  });
}

/**
 * Checks that Apple accepted the submitted file. Apple's service does not compare the submitted hash with the uploaded
 * bytes, so only the log tells which bytes it received.
 *
 * @param cdhashes the cdhashes in hex of every architecture of every binary in the file; empty if they are unknown
 */
export function verifyAccepted(log: NotaryLog, sha256: string, cdhashes: readonly string[]): Complaint[] {
  const complaints: Complaint[] = [];
  const add = (message: string, advice: string): void => void complaints.push({ level: "error", message, advice });
  if (log.status !== "Accepted")
    add(`the log says ${log.status}, although the submission was accepted`, "Run again later to read the log again.");
  if (log.sha256 === undefined) add("the log does not say which file Apple saw", "Submit again.");
  else if (log.sha256 !== sha256) {
    add(
      `Apple saw a file with the SHA-256 ${log.sha256}, but ${sha256} was submitted`,
      "Do not ship it: the upload was damaged or replaced. Submit again.",
    );
  }
  const listed = new Set(log.cdhashes);
  for (const cdhash of cdhashes) {
    if (!listed.has(cdhash))
      add(`the ticket does not list the code ${cdhash}`, "Submit exactly the files that are shipped.");
  }
  return complaints;
}
