import {
  ambiguities,
  type Change,
  computeIdentity,
  type Drift,
  type EnvironmentLock,
  type Identity,
  lockChanges,
  manifestDrift,
  type ParsedLock,
  parseLock,
  parseManifest,
  sortedLock,
  unsortedLists,
} from "@release-actions/environment";
import type { Problem } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { readDocument } from "./read-document.ts";
import { checkBaseImage, checkTracked } from "./surroundings.ts";

/** The lock and the findings about it. `identity` is absent when none could be computed. */
export interface Verdict {
  readonly lock: EnvironmentLock;
  readonly identity?: Identity;
  readonly drift: readonly Drift[];
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
}

export async function identify(runner: ActionRunner): Promise<Verdict> {
  const { inputs } = runner;
  const parsed = parseLock(readDocument(inputs["lock-file"]));
  const unreadable = parsed.problems.some(({ level }) => level === "error");
  if (unreadable) return { lock: parsed.lock, drift: [], changes: [], problems: parsed.problems };
  const identity = await computeIdentity(parsed.lock);
  const { drift, problems: drifted } = compareManifest(inputs.manifest, parsed);
  return {
    lock: parsed.lock,
    identity,
    drift,
    changes: inputs.base === undefined ? [] : lockChanges(parseLock(readDocument(inputs.base)).lock, parsed.lock),
    problems: [
      ...parsed.problems,
      ...(inputs.verify ? checkStored(parsed, identity) : []),
      ...checkExpected(inputs.expected, parsed, identity),
      ...(await checkOrder(parsed, inputs.strict)),
      ...ambiguities(parsed).map((problem) => graded(problem, inputs.strict)),
      ...drifted,
      ...(await checkBaseImage(parsed, runner)),
      ...(await checkTracked(parsed, runner)),
    ],
  };
}

/** A lock that was edited by hand still has its old ID: only computing the ID again shows the change. */
function checkStored({ lock, place }: ParsedLock, identity: Identity): Problem[] {
  if (lock.envId === identity.envId) return [];
  const message =
    `\`env_id\` is ${lock.envId}, but the content has ${identity.envId}: ` +
    "the lock was changed after it was written. Resolve it again.";
  return [{ level: "error", message, location: place("env_id") }];
}

function checkExpected(expected: string | undefined, { place }: ParsedLock, identity: Identity): Problem[] {
  if (expected === undefined) return [];
  if (!/^([0-9a-f]{64}|[0-9a-f]{12})$/.test(expected)) {
    const message = `input \`expected\` is "${expected}", expected an id of 64 or 12 lowercase hex characters`;
    return [{ level: "error", message }];
  }
  if (expected === identity.envId || expected === identity.shortId) return [];
  const message = `the environment is ${identity.envId}, expected ${expected}`;
  return [{ level: "error", message, location: place("env_id") }];
}

async function checkOrder({ lock, place }: ParsedLock, strict: boolean): Promise<Problem[]> {
  const unsorted = unsortedLists(lock);
  if (unsorted.length === 0) return [];
  const { envId } = await computeIdentity(sortedLock(lock));
  return unsorted.map(({ key, index }) => {
    const message = `\`${key}\` is not sorted, and its order changes the id: sorted, it would be ${envId}`;
    return graded({ level: "error", message, location: place(key, index) }, strict);
  });
}

function compareManifest(
  file: string | undefined,
  { lock, place }: ParsedLock,
): { drift: Drift[]; problems: Problem[] } {
  if (file === undefined) return { drift: [], problems: [] };
  const { manifest, problems } = parseManifest(readDocument(file));
  if (problems.length > 0) return { drift: [], problems: [...problems] };
  const drift = manifestDrift(manifest, lock);
  const found = drift.map(
    ({ field, declared, locked }): Problem => ({
      level: "error",
      message: `${field}: the manifest says ${declared ?? "nothing"}, the lock ${locked ?? "nothing"}. Resolve the lock again.`,
      location: place("lock_version"),
    }),
  );
  return { drift, problems: found };
}

function graded(problem: Problem, strict: boolean): Problem {
  return strict ? problem : { ...problem, level: "warning" };
}
