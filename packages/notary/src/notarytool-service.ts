import type { CommandRunner } from "@release-actions/command";
import { NotaryError } from "./error.ts";
import type { World } from "./http.ts";
import { asList, asObject, asString, type JsonObject } from "./json.ts";
import { parseLog } from "./log.ts";
import { isPassing, notarytoolError, runNotarytool, statusOf } from "./notarytool.ts";
import { type NotaryService, parseStatus, readListed } from "./service.ts";

export interface NotarytoolOptions {
  readonly run: CommandRunner;
  readonly world: World;
  /** A keychain for this purpose only, and the profile in it that `storeCredentials` made. */
  readonly keychain: string;
  readonly profile: string;
}

/** The credentials. The password is written to the tool's prompt and the key is in a file, so neither is in the arguments. */
export type NotarytoolCredentials =
  | { readonly kind: "apple-id"; readonly appleId: string; readonly teamId: string; readonly password: string }
  | { readonly kind: "api-key"; readonly keyFile: string; readonly keyId: string; readonly issuer: string | undefined };

/**
 * Stores the credentials in the keychain; notarytool checks them with Apple.
 *
 * @throws NotaryError if Apple refuses them or cannot be reached
 */
export async function storeCredentials(options: NotarytoolOptions, credentials: NotarytoolCredentials): Promise<void> {
  const { run, world, keychain, profile } = options;
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
  // Without `--password` the tool prompts for it and, without a terminal, reads standard input.
  const secret =
    credentials.kind === "apple-id" ? { input: `${credentials.password}\n`, secrets: [credentials.password] } : {};
  const args = ["store-credentials", profile, ...who, "--keychain", keychain];
  const answer = await runNotarytool(run, world, { args, ...secret });
  if (answer.exitCode === 0) return;
  if (isPassing(answer.said)) {
    throw new NotaryError(`notarytool could not reach Apple to check the credentials:\n${answer.said}`, {
      advice: "Run again: nothing is known to be wrong with the credentials.",
    });
  }
  throw new NotaryError(`notarytool did not accept the credentials:\n${answer.said}`, {
    advice: adviceForCredentials(credentials.kind, answer.said),
  });
}

function adviceForCredentials(kind: NotarytoolCredentials["kind"], said: string): string {
  if (statusOf(said) === 403) return notarytoolError("", { exitCode: 0, json: undefined, said }).advice ?? "";
  if (kind === "api-key") return "Check that key, key id and issuer belong together and that the key is not revoked.";
  return "The password must be an app-specific password from account.apple.com, and the Apple ID must be a member of the team.";
}

/**
 * The notary service through Apple's command line tool. Only its JSON tells the result, since the exit code is 0 also
 * for Invalid.
 */
export function notarytoolService(options: NotarytoolOptions): NotaryService {
  const { run, world, keychain, profile } = options;
  const sign = ["--keychain-profile", profile, "--keychain", keychain];
  /** Runs notarytool and returns its JSON, which must have the given field, whatever the exit code. */
  const call = async (args: readonly string[], field: string): Promise<JsonObject> => {
    const answer = await runNotarytool(run, world, { args, field });
    if (answer.json === undefined || !(field in answer.json)) throw notarytoolError(args[0] ?? "", answer);
    return answer.json;
  };
  const json = ["--output-format", "json"];
  return {
    name: "notarytool",
    submit: async (file) => {
      const answer = await runNotarytool(run, world, { args: ["submit", file, ...sign, ...json], field: "id" });
      if (answer.json === undefined || !("id" in answer.json)) throw notarytoolError("submit", answer);
      const id = asString(answer.json["id"], "the id in notarytool's answer");
      // The tool prints the id before the upload, so only exit code 0 means that the file has been uploaded.
      const upload = async (): Promise<void> => {
        if (answer.exitCode !== 0) throw notarytoolError(`submit (submission ${id})`, answer);
      };
      return { id, upload };
    },
    list: async () => {
      const { history } = await call(["history", ...sign, ...json], "history");
      return asList(history, "the history of notarytool").map((entry) =>
        readListed(asObject(entry, "a submission in notarytool's history")),
      );
    },
    status: async (id) => {
      const { status } = await call(["info", id, ...sign, ...json], "status");
      return parseStatus(asString(status, "the status in notarytool's answer"));
    },
    log: async (id) => parseLog(await call(["log", id, ...sign], "status")),
  };
}
