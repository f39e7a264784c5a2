import { asList, asObject, asString, optionalString, parseJson } from "./json.ts";

/**
 * How far a submission has come. `created` has an id but perhaps not its file: only Apple's credentials
 * of that moment could finish it, so it is not resumed. `unverified` was accepted by Apple, whose log is about other
 * bytes or other code than were submitted: it is not resumed either.
 */
export type Stage = "created" | "uploaded" | "accepted" | "unverified" | "invalid" | "rejected";

/** What is kept of a submission, so that a later run can go on with it. */
export interface Submission {
  /** Name of the submitted archive. */
  readonly name: string;
  /** Of the submitted archive, by which it is found again. */
  readonly sha256: string;
  readonly id: string;
  readonly stage: Stage;
}

const STAGES: readonly Stage[] = ["created", "uploaded", "accepted", "unverified", "invalid", "rejected"];

/**
 * Reads the JSON of earlier submissions: what this package wrote, or a list of `{id, sha256}` at least.
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
