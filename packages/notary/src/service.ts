import { asString, type JsonObject, optionalString } from "./json.ts";
import type { NotaryLog } from "./log.ts";

/** `other` is a status that Apple's documentation does not name. It counts neither as success nor as failure. */
export type Status = "accepted" | "in-progress" | "invalid" | "rejected" | "other";

export interface StatusAnswer {
  readonly status: Status;
  /** As Apple wrote it. */
  readonly text: string;
}

export interface Submitted {
  readonly id: string;
  /** Uploads the file. Only after it returns can the submission be resumed. */
  readonly upload: () => Promise<void>;
}

/** A recent submission in Apple's list. */
export interface ListedSubmission {
  readonly id: string;
  readonly name: string;
  /** ISO 8601. */
  readonly createdDate: string;
  /** As Apple wrote it. */
  readonly status: string;
}

export function readListed(entry: JsonObject): ListedSubmission {
  return {
    id: asString(entry["id"], "the id of a listed submission"),
    name: optionalString(entry["name"]) ?? "",
    createdDate: optionalString(entry["createdDate"]) ?? "",
    status: optionalString(entry["status"]) ?? "",
  };
}

/** The notary service, independent of how it is reached. */
export interface NotaryService {
  /** The name for log messages: `Apple's REST API`. */
  readonly name: string;
  submit(file: string, name: string, sha256: string): Promise<Submitted>;
  /** The team's recent submissions, newest first. Apple lists at most a hundred. */
  list(): Promise<ListedSubmission[]>;
  status(id: string): Promise<StatusAnswer>;
  log(id: string): Promise<NotaryLog>;
}

const STATUSES: Readonly<Record<string, Status>> = {
  Accepted: "accepted",
  "In Progress": "in-progress",
  Invalid: "invalid",
  Rejected: "rejected",
};

export function parseStatus(text: string): StatusAnswer {
  return { status: (Object.hasOwn(STATUSES, text) ? STATUSES[text] : undefined) ?? "other", text };
}
