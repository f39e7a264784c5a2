import { openRest, type Rest } from "@release-actions/github-rest";
import { createTransport } from "@release-actions/http";
import type { RunFacts, RunServices } from "./facts.ts";

/** The REST API of the GitHub server that started this run, with a token of the action. */
export function restOfRun(services: RunServices, { apiUrl }: RunFacts, token: string | undefined): Rest {
  const transport = createTransport({ ...services.env });
  return openRest({ apiUrl, token, reporter: services, signal: services.signal, transport });
}
