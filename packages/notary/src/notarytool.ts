import type { CommandRunner } from "@release-actions/command";
import { AGAIN, doubling, tryTimes } from "@release-actions/concurrency";
import { NotaryError, NotaryHttpError } from "./error.ts";
import type { World } from "./http.ts";
import { asObject, type JsonObject, optionalString } from "./json.ts";
import { adviceForRefusal } from "./refusals.ts";

/** The result of one run of notarytool. Its JSON may have other lines around it and may come with any exit code. */
export interface NotarytoolAnswer {
  readonly exitCode: number;
  readonly json: JsonObject | undefined;
  /** The last lines of its output, without secrets. */
  readonly said: string;
}

export interface NotarytoolCall {
  readonly args: readonly string[];
  /** A field by which the wanted JSON object is recognised among others in the output. */
  readonly field?: string;
  /** Standard input. */
  readonly input?: string;
  /** Texts to hide in the output if the tool prints them. */
  readonly secrets?: readonly string[];
}

const ATTEMPTS = 4;
const FIRST_DELAY_MS = 5000;

/** Runs notarytool, with retries after network errors and errors of Apple's service. The caller evaluates the answer. */
export async function runNotarytool(
  run: CommandRunner,
  world: World,
  { args, field, input, secrets = [] }: NotarytoolCall,
): Promise<NotarytoolAnswer> {
  const tries = { times: ATTEMPTS, pauseMs: doubling(FIRST_DELAY_MS), wait: world.sleep, signal: world.signal };
  return await tryTimes<NotarytoolAnswer>(tries, async (isLast) => {
    const options = { check: false, onOutput: () => undefined, ...(input === undefined ? {} : { input }) };
    const { exitCode, stdout, stderr } = await run("xcrun", ["notarytool", ...args], options);
    const json = findJson(stdout, field);
    const words = lastLines(optionalString(json?.["message"]) ?? (stderr.trim() === "" ? stdout : stderr));
    const said = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), words);
    if (exitCode === 0 || isLast || !isPassing(`${stderr}\n${said}`)) return { exitCode, json, said };
    world.reporter.debug(`notarytool ${args[0]}: ${said}; trying again`);
    return AGAIN;
  });
}

/** Converts a failed answer to the same error as that of the REST service, with the HTTP status if notarytool names it. */
export function notarytoolError(what: string, { exitCode, said }: NotarytoolAnswer): NotaryError {
  const message = `${what}: notarytool ended with exit code ${exitCode}:\n${said === "" ? "it said nothing" : said}`;
  const status = statusOf(said);
  if (status === undefined || isPassing(said)) return new NotaryError(message);
  return new NotaryHttpError(status, message, status === 403 ? adviceForRefusal(said) : undefined);
}

/** The HTTP status that a message of notarytool names or implies. */
export function statusOf(said: string): number | undefined {
  const [, number] = /(?:HTTP status code|statusCode):? ?(?:Optional\()?(\d{3})/i.exec(said) ?? [];
  if (number !== undefined) return Number(number);
  if (/does not exist|not yet available|could not be found for (this|the) submission/i.test(said)) return 404;
  return /agreement is missing|not yet configured for notarization/i.test(said) ? 403 : undefined;
}

/** Messages of notarytool and URLSession about network errors and errors of Apple's service. */
const PASSING: readonly RegExp[] = [
  /(statusCode|HTTP status code):? ?(Optional\()?(nil|408|429|5\d\d)/i,
  /NSURLErrorDomain|HTTPClientError|abortedUpload|connectTimeout|deadlineExceeded/i,
  /network connection (was )?(lost|is|failed)|Internet connection appears to be offline|timed out/i,
  /hostname could not be found|could not connect to the server|secure connection (to the server )?(cannot|failed)/i,
];

export function isPassing(said: string): boolean {
  return PASSING.some((pattern) => pattern.test(said));
}

/**
 * Finds a JSON object in a text with other lines around it: the first with the field, or else the first.
 *
 * @returns undefined if there is none, or only the beginning of one
 */
export function findJson(text: string, field?: string): JsonObject | undefined {
  let first: JsonObject | undefined;
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at + 1)) {
    const end = endOfObject(text, at);
    if (end === undefined) continue;
    try {
      const found = asObject(JSON.parse(text.slice(at, end)), "an answer of notarytool");
      if (field === undefined || field in found) return found;
      first ??= found;
      at = end - 1;
    } catch {
      // This brace is part of a text; the JSON object may follow.
    }
  }
  return first;
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character === "\\") at += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n").slice(-2000);
}
