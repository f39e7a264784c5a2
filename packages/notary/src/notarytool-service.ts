import { CommandError, type CommandRunner } from "@release-actions/command";
import { NotaryError } from "./error.ts";
import type { World } from "./http.ts";
import { asObject, asString, parseJson } from "./json.ts";
import { parseLog } from "./log.ts";
import { type NotaryService, parseStatus } from "./service.ts";

export interface NotarytoolOptions {
  readonly run: CommandRunner;
  readonly world: World;
  /** A keychain that holds nothing else, and the profile in it that `storeCredentials` made. */
  readonly keychain: string;
  readonly profile: string;
}

/** How to sign in. The password is written to the tool's prompt, the key lies in a file: neither is an argument. */
export type NotarytoolCredentials =
  | { readonly kind: "apple-id"; readonly appleId: string; readonly teamId: string; readonly password: string }
  | { readonly kind: "api-key"; readonly keyFile: string; readonly keyId: string; readonly issuer: string | undefined };

const ATTEMPTS = 4;
const FIRST_DELAY_MS = 5000;

/** Puts the credentials into the keychain; notarytool asks Apple whether they are right. */
export async function storeCredentials(options: NotarytoolOptions, credentials: NotarytoolCredentials): Promise<void> {
  const { run, keychain, profile } = options;
  const who =
    credentials.kind === "apple-id"
      ? ["--apple-id", credentials.appleId, "--team-id", credentials.teamId]
      : [
          "--key",
          credentials.keyFile,
          "--key-id",
          credentials.keyId,
          ...(credentials.issuer === undefined ? [] : ["--issuer", credentials.issuer]),
        ];
  // Without `--password` it prompts, and reads standard input where there is no terminal.
  const input = credentials.kind === "apple-id" ? { input: `${credentials.password}\n` } : {};
  const args = ["notarytool", "store-credentials", profile, ...who, "--keychain", keychain];
  try {
    await run("xcrun", args, { ...input, onOutput: () => undefined });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new NotaryError(
      `notarytool did not take the credentials:\n${lastLines(error.result.stderr || error.result.stdout)}`,
      {
        advice:
          credentials.kind === "apple-id"
            ? "The password must be an app-specific one, made at account.apple.com, and the Apple ID a member of the team."
            : "Check that key, key id and issuer belong together and that the key is not revoked.",
      },
    );
  }
}

/** The notary service by Apple's own command line tool. Its JSON decides; its exit code is 0 for Invalid too. */
export function notarytoolService(options: NotarytoolOptions): NotaryService {
  const { run, world, keychain, profile } = options;
  const sign = ["--keychain-profile", profile, "--keychain", keychain];
  const call = async (args: readonly string[], what: string): Promise<unknown> => {
    for (let attempt = 1; ; attempt += 1) {
      const result = await run("xcrun", ["notarytool", ...args], { check: false, onOutput: () => undefined });
      const isJson = result.stdout.trimStart().startsWith("{");
      if (isJson) return parseJson(result.stdout, what);
      const said = lastLines(result.stderr || result.stdout);
      if (attempt === ATTEMPTS || !isPassing(said)) {
        throw new NotaryError(`${what}: notarytool ended with exit code ${result.exitCode}:\n${said}`);
      }
      world.reporter.debug(`${what}: ${said}; trying again`);
      await world.sleep(FIRST_DELAY_MS * 2 ** (attempt - 1), world.signal);
    }
  };
  return {
    name: "notarytool",
    submit: async (file) => {
      const answer = asObject(await call(["submit", file, ...sign, "--output-format", "json"], "submit"), "the answer");
      return { id: asString(answer["id"], "the id in notarytool's answer"), upload: async () => undefined };
    },
    status: async (id) => {
      const answer = asObject(await call(["info", id, ...sign, "--output-format", "json"], "info"), "the answer");
      return parseStatus(asString(answer["status"], "the status in notarytool's answer"));
    },
    log: async (id) => parseLog(await call(["log", id, ...sign], "log")),
  };
}

/** Network trouble and Apple's own failures, by what notarytool prints of them. */
function isPassing(said: string): boolean {
  return /statusCode:? ?(nil|429|5\d\d)|HTTP status code: (429|5\d\d)|NSURLErrorDomain|network connection|timed out|abortedUpload/i.test(
    said,
  );
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n");
}
