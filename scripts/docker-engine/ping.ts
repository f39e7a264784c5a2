import { get } from "node:http";
import { json } from "node:stream/consumers";

const ANSWER_LIMIT_MS = 5000;

/** The version of the engine that answers at a unix socket; undefined when none does. */
export async function engineVersion(socketPath: string): Promise<string | undefined> {
  const answer = await ask(socketPath, "/version").catch(() => undefined);
  if (typeof answer !== "object" || answer === null || !("Version" in answer)) return undefined;
  return typeof answer.Version === "string" ? answer.Version : undefined;
}

function ask(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const request = get({ socketPath, path, signal }, (response) => json(response).then(resolve, reject));
    request.on("error", reject);
  });
}
