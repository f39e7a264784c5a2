import { readFile } from "node:fs/promises";
import { type LedgerRow, loadLedger } from "@release-actions/ledger";
import { approveCommand, NpmError, type NpmRegistry, type StagedVersion, shasumOf } from "@release-actions/npm";
import type { RunArtifacts } from "@release-actions/release-run";
import { type BuiltPackage, requireSameFiles } from "../build/pack.ts";

/** A staged version that waits for approval and has the content that this run packed. */
export interface KnownStage {
  readonly id: string | undefined;
  readonly tag: string | undefined;
  /** True when the registry lists it now; false when only an earlier attempt of this run recorded it. */
  readonly isCertain: boolean;
}

/** Finds the stage of a package that already waits for approval. */
export type FindStage = (built: BuiltPackage) => Promise<KnownStage | undefined>;

/**
 * Asks the registry if it shows stages to the credential; otherwise uses the records of earlier attempts of this run.
 * Trusted publishers may not see stages (npm docs, "npm stage", "Trust Relationship Permissions").
 *
 * @param mayAsk whether the registry shows stages to this credential.
 */
export async function knownStages(registry: NpmRegistry, artifacts: RunArtifacts, mayAsk: boolean): Promise<FindStage> {
  const rows = artifacts.isAvailable ? await loadLedger(artifacts) : [];
  return async (built) => {
    const listed = mayAsk ? await registry.staged(built.name) : undefined;
    if (listed === undefined) return fromLedger(built, rows);
    const found = listed.find(({ version }) => version === built.version);
    return found && (await fromRegistry(built, found, registry));
  };
}

/** Refuses a stage with other content, because approving it would publish something that this run did not build. */
async function fromRegistry(built: BuiltPackage, found: StagedVersion, registry: NpmRegistry): Promise<KnownStage> {
  const known = { id: found.id, tag: found.tag, isCertain: true };
  if (found.shasum === shasumOf(await readFile(built.tarball))) return known;
  const staged = await registry.stagedTarball(found.id);
  if (staged === undefined)
    throw new NpmError(`${built.name}@${built.version} is staged as ${found.id}, but its tarball cannot be read`);
  const advice = `Let a maintainer reject it with \`npm stage reject ${found.id}\` and run this job again, or raise the version.`;
  await requireSameFiles(built, staged, "staged", advice);
  return known;
}

function fromLedger(built: BuiltPackage, rows: readonly LedgerRow[]): KnownStage | undefined {
  const row = rows.find(({ channel, name, version, state }) => {
    return channel === "npm" && name === built.name && version === built.version && state === "awaiting-approval";
  });
  if (row === undefined) return undefined;
  if (row.digest !== undefined && row.digest !== built.integrity) {
    throw new NpmError(
      `${built.name}@${built.version} was staged by an earlier attempt with ${row.digest}, but this attempt built ${built.integrity}`,
      { advice: "Let a maintainer reject it with `npm stage reject` and run this job again, or raise the version." },
    );
  }
  const prefix = approveCommand("");
  const id = row.approve?.startsWith(prefix) ? row.approve.slice(prefix.length) : undefined;
  return { id, tag: undefined, isCertain: false };
}
