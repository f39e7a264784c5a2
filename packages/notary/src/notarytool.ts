import type { CommandRunner } from "@release-actions/command";
import { AGAIN, doubling, tryTimes } from "@release-actions/concurrency";
import { NotaryError, NotaryHttpError } from "./error.ts";
import type { World } from "./http.ts";
import { asObject, type JsonObject, optionalString } from "./json.ts";
import { adviceForRefusal } from "./refusals.ts";

/** What one start of notarytool came to. Its JSON may stand between other lines, and comes with every exit code. */
export interface NotarytoolAnswer {
  readonly exitCode: number;
  readonly json: JsonObject | undefined;
  /** The last lines of what it said, without secrets. */
  readonly said: string;
}

export interface NotarytoolCall {
  readonly args: readonly string[];
  /** What the wanted JSON object has, among others that may be printed around it. */
  readonly field?: string;
  /** Standard input. */
  readonly input?: string;
  /** What must not be shown, should the tool repeat it. */
  readonly secrets?: readonly string[];
}

const ATTEMPTS = 4;
const FIRST_DELAY_MS = 5000;

/** Starts notarytool, again after network trouble and Apple's own failures. What it answers is for the caller to judge. */
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

/** An answer that is not a success, as the REST service says it: with the HTTP status, where notarytool names one. */
export function notarytoolError(what: string, { exitCode, said }: NotarytoolAnswer): NotaryError {
  const message = `${what}: notarytool ended with exit code ${exitCode}:\n${said === "" ? "it said nothing" : said}`;
  const status = statusOf(said);
  if (status === undefined || isPassing(said)) return new NotaryError(message);
  return new NotaryHttpError(status, message, status === 403 ? { advice: adviceForRefusal(said) } : {});
}

/** The HTTP status that a message of notarytool names, or stands for. */
export function statusOf(said: string): number | undefined {
  const [, number] = /(?:HTTP status code|statusCode):? ?(?:Optional\()?(\d{3})/i.exec(said) ?? [];
  if (number !== undefined) return Number(number);
  if (/does not exist|not yet available|could not be found for (this|the) submission/i.test(said)) return 404;
  return /agreement is missing|not yet configured for notarization/i.test(said) ? 403 : undefined;
}

/** Network trouble and Apple's own failures, by what notarytool and URLSession print of them. */
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
 * The JSON object in a text that has other lines around it: the first with the field, else the first.
 * @returns undefined where there is none, or only the beginning of one
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
      // A brace in a line of words; the answer may follow.
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
