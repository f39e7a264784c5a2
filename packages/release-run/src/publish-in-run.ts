import { randomBytes } from "node:crypto";
import { type LedgerRecorder, placeName, withLedger } from "@release-actions/ledger";
import { type RunArtifacts, runArtifacts } from "./artifacts.ts";
import { type RunFacts, type RunServices, readFacts } from "./facts.ts";

/** The description of a publishing job, before it reads anything. */
export interface Publishing {
  /** The kind of destination, as in the rows of the ledger: `npm`, `homebrew`, `chart`. */
  readonly channel: string;
  /** The destination from the inputs; it may be empty or have several lines. The default is the repository of the run. */
  readonly place?: string;
  /** The name of the destination when `place` is empty. The default is the channel. */
  readonly otherwise?: string;
  /** False for jobs that publish nothing, such as dry runs and checks. */
  readonly keepsLedger: boolean;
}

/** The workflow run in which something is published. */
export interface PublishingRun {
  readonly facts: RunFacts;
  readonly artifacts: RunArtifacts;
  readonly ledger: LedgerRecorder;
}

/**
 * Publishes within a workflow run. It opens the artifacts and the ledger of the run, writes a first row before `work` starts, and
 * writes the rows from `work` at the end, even if `work` fails (`withLedger` of packages/ledger). No ledger is kept outside a run
 * with artifacts, or when `keepsLedger` is false.
 *
 * @throws RunError when the environment is not that of a workflow run, and everything that `work` throws
 */
export async function publishInRun<T>(
  services: RunServices,
  { channel, place, otherwise = channel, keepsLedger }: Publishing,
  work: (run: PublishingRun) => Promise<T>,
): Promise<T> {
  const facts = readFacts(services.env);
  const artifacts = runArtifacts(services);
  const beginning = {
    channel,
    name: place === undefined ? facts.repository : placeName(place, otherwise),
    version: facts.tag ?? "unknown",
    run: facts.runId,
    attempt: facts.attempt,
    random: randomBytes(4).toString("hex"),
    now: () => new Date(),
    info: (message: string) => services.info(message),
  };
  const store = artifacts.isAvailable && keepsLedger ? artifacts : undefined;
  return await withLedger(store, beginning, (ledger) => work({ facts, artifacts, ledger }));
}
