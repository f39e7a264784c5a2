import { asList, asObject, asString, optionalString, parseJson } from "./json.ts";

/**
 * The stage of a submission. `created` has an id, but perhaps its file was not uploaded; the upload credentials are
 * gone, so it is not resumed. `unverified` was accepted by Apple, but Apple's log is about other bytes or other code
 * than were submitted, so it is not resumed either.
 */
export type Stage = "created" | "uploaded" | "accepted" | "unverified" | "invalid" | "rejected";

/** The saved data of a submission, with which a later run can resume it. */
export interface Submission {
  /** The name of the submitted archive. */
  readonly name: string;
  /** The SHA-256 of the submitted archive, by which a later run finds the submission. */
  readonly sha256: string;
  readonly id: string;
  readonly stage: Stage;
}

const STAGES: readonly Stage[] = ["created", "uploaded", "accepted", "unverified", "invalid", "rejected"];

/**
 * Reads earlier submissions from JSON: the output of this package, or a list with at least `{id, sha256}`.
 *
 * @throws NotaryError
 */
export function parseSubmissions(text: string, what: string): Submission[] {
  if (text.trim() === "") return [];
  return asList(parseJson(text, what), what).map((value, index) => {
    const place = `entry ${index + 1} of ${what}`;
    const entry = asObject(value, place);
    return {
      name: optionalString(entry["name"]) ?? optionalString(entry["file"]) ?? "",
      sha256: asString(entry["sha256"], `\`sha256\` in ${place}`).toLowerCase(),
      id: asString(entry["id"], `\`id\` in ${place}`),
      stage: STAGES.find((stage) => stage === entry["stage"]) ?? "uploaded",
    };
  });
}
