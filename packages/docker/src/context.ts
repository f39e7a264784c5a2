import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { boolean, type Decoder, decodeJson, object, optional, string } from "@release-actions/json";
import { Fault } from "@release-actions/report";
import { type Endpoint, parseEndpoint, type TlsFiles } from "./endpoint.ts";

const MAX_CONFIG_BYTES = 1 << 20;

/** The name that means "no context" and stands for the default socket. */
const DEFAULT_CONTEXT = "default";

const configFile = object({ currentContext: optional(string, "") });
const metaFile = object({
  Endpoints: object({ docker: object({ Host: string, SkipTLSVerify: optional(boolean, false) }) }),
});

/** The docker context (`docker context ls`) that is selected. */
export interface ChosenContext {
  readonly name: string;
  /** The variable or file that selects it. */
  readonly by: string;
}

/** The selected context: `DOCKER_CONTEXT`, else `currentContext` of `config.json`; undefined for the default one. */
export async function currentContext(
  configFolder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ChosenContext | undefined> {
  const fromEnv = env["DOCKER_CONTEXT"];
  const file = path.join(configFolder, "config.json");
  const chosen = fromEnv
    ? { name: fromEnv, by: "DOCKER_CONTEXT" }
    : { name: (await readJson(file, configFile))?.currentContext ?? "", by: file };
  return chosen.name === "" || chosen.name === DEFAULT_CONTEXT ? undefined : chosen;
}

/** The endpoint of a context's engine, read from the files that `docker context create` writes. */
export async function endpointOfContext(configFolder: string, context: ChosenContext): Promise<Endpoint> {
  const id = createHash("sha256").update(context.name).digest("hex");
  const file = path.join(configFolder, "contexts", "meta", id, "meta.json");
  const meta = await readJson(file, metaFile);
  if (meta === undefined) {
    throw new Fault(
      `the docker context "${context.name}", chosen by ${context.by}, does not exist: ${file} is missing`,
      {
        advice: `Choose another one: \`docker context ls\` lists them, \`docker context use ${DEFAULT_CONTEXT}\` goes back to the default.`,
      },
    );
  }
  const { Host, SkipTLSVerify } = meta.Endpoints.docker;
  const tlsFolder = path.join(configFolder, "contexts", "tls", id, "docker");
  const tls = existsSync(tlsFolder) ? tlsFilesIn(tlsFolder, !SkipTLSVerify) : undefined;
  return parseEndpoint(Host, `the host of the docker context "${context.name}"`, tls);
}

/** The TLS files in a folder. Docker uses the same names everywhere. */
export function tlsFilesIn(folder: string, verify: boolean): TlsFiles {
  const files = (["ca", "cert", "key"] as const).map((name) => [name, path.join(folder, `${name}.pem`)] as const);
  return { ...Object.fromEntries(files.filter(([, file]) => existsSync(file))), verify };
}

async function readJson<T>(file: string, decoder: Decoder<T>): Promise<T | undefined> {
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new Fault(`${file} cannot be read: ${error.message}`, { cause: error });
  });
  return content === undefined ? undefined : decodeJson(content, decoder, { source: file, maxBytes: MAX_CONFIG_BYTES });
}
