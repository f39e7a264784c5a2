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

/** The notary service, by whichever way it is reached. */
export interface NotaryService {
  /** What is shown in the log: `Apple's REST API`. */
  readonly name: string;
  submit(file: string, name: string, sha256: string): Promise<Submitted>;
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
