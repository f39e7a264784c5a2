import { openRest, type Rest } from "@release-actions/github-rest";
import { createTransport } from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import type { RunFacts } from "./facts.ts";

/** The services that a step must provide for requests to the REST API. */
export interface RestServices extends Reporter {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** The REST API of the GitHub server that started this run, with a token of the action. */
export function restOfRun(
  services: RestServices,
  { apiUrl }: Pick<RunFacts, "apiUrl">,
  token: string | undefined,
): Rest {
  const transport = createTransport({ ...services.env });
  return openRest({ apiUrl, token, reporter: services, signal: services.signal, transport });
}
