import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { CommandRunner } from "@release-actions/command";
import type { ApiKey } from "./api-key.ts";
import { NotaryError } from "./error.ts";
import type { World } from "./http.ts";
import { asList, asObject, asString, type JsonObject } from "./json.ts";
import { parseLog } from "./log.ts";
import { isPassing, type NotarytoolAnswer, notarytoolError, runNotarytool, statusOf } from "./notarytool.ts";
import { adviceForRefusal, CHECK_KEY } from "./refusals.ts";
import { type NotaryService, parseStatus, readListed } from "./service.ts";

export interface NotarytoolOptions {
  readonly run: CommandRunner;
  readonly world: World;
  /** A keychain for this purpose only, in a folder that is deleted afterwards. */
  readonly keychain: string;
}

/** The name of the credentials in the keychain. */
const PROFILE = "notarize-macos";

export type NotarytoolCredentials =
  | { readonly kind: "apple-id"; readonly appleId: string; readonly teamId: string; readonly password: string }
  | { readonly kind: "api-key"; readonly key: ApiKey };

/**
 * Stores the credentials in the keychain; notarytool checks them with Apple. The password is written to the tool's
 * prompt and the key to a file beside the keychain, so neither is in the arguments.
 *
 * @throws NotaryError if Apple refuses them or cannot be reached
 */
export async function storeCredentials(options: NotarytoolOptions, credentials: NotarytoolCredentials): Promise<void> {
  const { run, world, keychain } = options;
  const isKey = credentials.kind === "api-key";
  const who = isKey
    ? await keyArgs(credentials.key, path.dirname(keychain))
    : ["--apple-id", credentials.appleId, "--team-id", credentials.teamId];
  // Without `--password` the tool prompts for it and, without a terminal, reads standard input.
  const secret = isKey ? {} : { input: `${credentials.password}\n`, secrets: [credentials.password] };
  const args = ["store-credentials", PROFILE, ...who, "--keychain", keychain];
  const { exitCode, said } = await runNotarytool(run, world, { args, ...secret });
  if (exitCode === 0) return;
  if (isPassing(said)) {
    throw new NotaryError(`notarytool could not reach Apple to check the credentials:\n${said}`, {
      advice: "Run again: nothing is known to be wrong with the credentials.",
    });
  }
  const advice = isKey ? CHECK_KEY : CHECK_PASSWORD;
  throw new NotaryError(`notarytool did not accept the credentials:\n${said}`, {
    advice: statusOf(said) === 403 ? adviceForRefusal(said) : advice,
  });
}

const CHECK_PASSWORD =
  "The password must be an app-specific password from account.apple.com, and the Apple ID must be a member of the team.";

async function keyArgs({ keyId, issuer, privateKey }: ApiKey, folder: string): Promise<string[]> {
  const file = path.join(folder, `AuthKey_${keyId}.p8`);
  await writeFile(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return ["--key", file, "--key-id", keyId, ...(issuer === undefined ? [] : ["--issuer", issuer])];
}

/**
 * The notary service through Apple's command line tool. Only its JSON tells the result, since the exit code is 0 also
 * for Invalid.
 */
export function notarytoolService({ run, world, keychain }: NotarytoolOptions): NotaryService {
  const sign = ["--keychain-profile", PROFILE, "--keychain", keychain];
  /** Runs notarytool, whose JSON must have the given field, whatever the exit code. */
  const call = async (
    args: readonly string[],
    field: string,
  ): Promise<NotarytoolAnswer & { readonly json: JsonObject }> => {
    const { json, ...answer } = await runNotarytool(run, world, { args, field });
    if (json === undefined || !(field in json)) throw notarytoolError(args[0] ?? "", { json, ...answer });
    return { json, ...answer };
  };
  const format = ["--output-format", "json"];
  return {
    name: "notarytool",
    submit: async (file) => {
      const answer = await call(["submit", file, ...sign, ...format], "id");
      const id = asString(answer.json["id"], "the id in notarytool's answer");
      // The tool prints the id before the upload, so only exit code 0 means that the file has been uploaded.
      const upload = async (): Promise<void> => {
        if (answer.exitCode !== 0) throw notarytoolError(`submit (submission ${id})`, answer);
      };
      return { id, upload };
    },
    list: async () => {
      const { json } = await call(["history", ...sign, ...format], "history");
      return asList(json["history"], "the history of notarytool").map((entry) =>
        readListed(asObject(entry, "a submission in notarytool's history")),
      );
    },
    status: async (id) => {
      const { json } = await call(["info", id, ...sign, ...format], "status");
      return parseStatus(asString(json["status"], "the status in notarytool's answer"));
    },
    log: async (id) => parseLog((await call(["log", id, ...sign], "status")).json),
  };
}
