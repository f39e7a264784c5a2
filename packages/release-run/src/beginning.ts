import { randomBytes } from "node:crypto";
import type { Reporter } from "@release-actions/report";
import type { RunFacts } from "./facts.ts";

/** What the ledger takes from the run when a publisher begins: see `withLedger` of packages/ledger. */
export function beginningOf({ tag, runId, attempt }: RunFacts, reporter: Reporter) {
  return {
    version: tag ?? "unknown",
    run: runId,
    attempt,
    random: randomBytes(4).toString("hex"),
    now: () => new Date(),
    info: (message: string) => reporter.info(message),
  };
}
