import { asString, type JsonObject, optionalString } from "./json.ts";
import type { NotaryLog } from "./log.ts";

/** `other` is a status that Apple's documentation does not name: never taken for success or failure. */
export type Status = "accepted" | "in-progress" | "invalid" | "rejected" | "other";

export interface StatusAnswer {
  readonly status: Status;
  /** As Apple wrote it. */
  readonly text: string;
}

export interface Submitted {
  readonly id: string;
  /** The file is on its way once this has returned. Until then nothing can be resumed. */
  readonly upload: () => Promise<void>;
}

/** A submission of the last weeks, as Apple lists them. */
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

/** The notary service, by whichever way it is reached. */
export interface NotaryService {
  /** What is shown in the log: `Apple's REST API`. */
  readonly name: string;
  submit(file: string, name: string, sha256: string): Promise<Submitted>;
  /** What the team has submitted lately, the newest first; Apple shows a hundred. */
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
