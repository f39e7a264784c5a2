import { randomBytes } from "node:crypto";
import { type LedgerRecorder, placeName, withLedger } from "@release-actions/ledger";
import { type ArtifactServices, type RunArtifacts, runArtifacts } from "./artifacts.ts";
import { type RunFacts, readFacts } from "./facts.ts";

/** What a publisher has of its runner. */
export interface RunServices extends ArtifactServices {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What is known of a publishing before anything is read. */
export interface Publishing {
  /** The kind of place, as the ledger's rows have it: `npm`, `homebrew`, `chart`. */
  readonly channel: string;
  /** Where it publishes, as the inputs say; may be empty or of several lines. Default is the repository of the run. */
  readonly place?: string;
  /** Called so where `place` is empty. Default is the channel. */
  readonly otherwise?: string;
  /** False for what publishes nothing: a dry run, a check. */
  readonly keepsLedger: boolean;
}

/** The run in which something is published. */
export interface PublishingRun {
  readonly facts: RunFacts;
  readonly artifacts: RunArtifacts;
  readonly ledger: LedgerRecorder;
}

/**
 * Publishes within a workflow run: opens its artifacts and its ledger, writes the row of the beginning before `work` does anything,
 * and the rows that `work` set at its end, also when it fails (`withLedger` of packages/ledger). Outside of a run with artifacts,
 * and where `keepsLedger` is false, no ledger is kept.
 *
 * @throws RunError where the environment is not that of a run; whatever `work` throws.
 */
export async function publishInRun<T>(
  services: RunServices,
  { channel, place, otherwise = channel, keepsLedger }: Publishing,
  work: (run: PublishingRun) => Promise<T>,
): Promise<T> {
  const facts = readFacts(services.env);
  const artifacts = runArtifacts(services.env, services);
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
