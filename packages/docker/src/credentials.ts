import { readFile } from "node:fs/promises";
import path from "node:path";
import type { CommandRunner } from "@release-actions/command";
import { decodeJson, mapOf, object, optional, string } from "@release-actions/json";
import { Fault } from "@release-actions/report";
import type { RegistryCredentials } from "./pull.ts";

const MAX_CONFIG_BYTES = 1_000_000;
/** The key of Docker Hub in the client's config file. */
const DOCKER_HUB = "https://index.docker.io/v1/";

const configFile = object({
  auths: optional(mapOf(object({ auth: optional(string) })), new Map()),
  credHelpers: optional(mapOf(string), new Map()),
  credsStore: optional(string),
});
const helperAnswer = object({ Username: string, Secret: string });

/**
 * The credentials that `docker login` stored for a registry, from the client's config file or the helper that it names
 * (docs.docker.com, "docker login", "Credential stores"). Undefined when nobody has logged in.
 */
export async function storedCredentials(
  registry: string,
  { env, home, run }: { readonly env: NodeJS.ProcessEnv; readonly home: string; readonly run: CommandRunner },
): Promise<RegistryCredentials | undefined> {
  const file = path.join(env["DOCKER_CONFIG"] || path.join(home, ".docker"), "config.json");
  const text = await readFile(file).catch(() => undefined); // There is no config file, so nobody has logged in.
  if (text === undefined) return undefined;
  const config = decodeJson(text, configFile, { source: file, maxBytes: MAX_CONFIG_BYTES });
  const key = registry === "docker.io" ? DOCKER_HUB : registry;
  const helper = config.credHelpers.get(key) ?? config.credsStore;
  if (helper !== undefined) return await askHelper(helper, key, run);
  const auth = (config.auths.get(key) ?? config.auths.get(`https://${key}`))?.auth;
  if (auth === undefined || auth === "") return undefined;
  const [, username, password] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth, "base64").toString("utf8")) ?? [];
  if (username !== undefined && password !== undefined) return { username, password };
  throw new Fault(`${file} has an entry for ${registry} that is not base64 of user:password`, {
    advice: `Log in again: docker login ${registry}`,
  });
}

async function askHelper(name: string, key: string, run: CommandRunner): Promise<RegistryCredentials | undefined> {
  const program = `docker-credential-${name}`;
  // The output contains the secret, so it is never shown.
  const quiet = { input: key, check: false, onOutput: () => undefined };
  const { exitCode, stdout } = await run(program, ["get"], quiet);
  if (exitCode !== 0) return undefined; // A helper fails like this for a registry that it does not know.
  const { Username, Secret } = decodeJson(stdout, helperAnswer, { source: program, maxBytes: MAX_CONFIG_BYTES });
  return { username: Username, password: Secret };
}
