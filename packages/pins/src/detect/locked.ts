import type { LockedPackage, LockFile, Workspace } from "@release-actions/cargo";
import { replaceString } from "@release-actions/toml";
import { type Fact, placeOf, plainSite, type Relation, type Site } from "../fact.ts";
import { tomlSite } from "../locate/locator.ts";
import type { Finding } from "../relation.ts";
import { versionSite } from "./workspaces.ts";

/** The crates whose version one place states. */
interface Group {
  readonly leader: Site;
  readonly name: string;
  readonly locked: LockedPackage[];
  /** The names of the crates that the lock file lacks. */
  readonly absent: string[];
}

const ADVICE = "`cargo update --workspace` brings the lock file up to date.";
/** The most names that one message lists. */
const MAX_NAMES = 5;

/** Compares the versions of crates with Cargo.lock, grouped by the place that states the version: one finding per stale version. */
export function lockedVersions(workspace: Workspace): { facts: Fact[]; findings: Finding[] } {
  const { lock } = workspace;
  if (lock === undefined) return { facts: [], findings: [] };
  const groups = groupCrates(workspace, lock);
  return {
    facts: groups.flatMap(({ leader, name, locked }) => [
      { name, sites: [leader] },
      { name: `locked ${name}`, sites: locked.map(({ version }) => tomlSite(lock.document, version)) },
    ]),
    findings: groups.flatMap((group) => [...staleFindings(group, lock), ...absentFinding(group, lock)]),
  };
}

function groupCrates(workspace: Workspace, lock: LockFile): Group[] {
  const local = lock.packages.filter(({ source }) => source === undefined);
  const groups = new Map<string, Group>();
  for (const crate of workspace.crates) {
    const leader = versionSite(workspace, crate);
    // Since cargo 1.75 a crate without a version is 0.0.0, in the lock file too.
    if (leader === undefined) continue;
    const isShared = leader.location?.file === workspace.manifest.file;
    const name = isShared ? "workspace version" : `version of ${crate.name}`;
    const group: Group = groups.get(placeOf(leader)) ?? { leader, name, locked: [], absent: [] };
    groups.set(placeOf(leader), group);
    const found = local.findLast((each) => each.name === crate.name);
    if (found === undefined) group.absent.push(crate.name);
    else group.locked.push(found);
  }
  return [...groups.values()];
}

function staleFindings(group: Group, { document }: LockFile): Finding[] {
  const { value: wanted } = group.leader;
  const stale = group.locked.filter(({ version }) => version.value !== wanted);
  return [...Map.groupBy(stale, ({ version }) => version.value)].flatMap(([value, crates]): Finding[] => {
    const [first] = crates;
    if (first === undefined) return [];
    const who = crates.length === 1 ? `${first.name} is` : `${crates.length} crates are`;
    const message = `${document.file}: ${who} at ${value}, expected ${wanted} (run \`cargo update -w\`)`;
    const rewrite = (next: string) => crates.map(({ version }) => replaceString(document, version, next));
    const follower = { ...tomlSite(document, first.version), rewrite };
    return [{ ...finding(group, message, follower), repair: { kind: "rewrite", value: wanted } }];
  });
}

function absentFinding(group: Group, { document: { file } }: LockFile): Finding[] {
  const { absent } = group;
  if (absent.length === 0) return [];
  const names =
    absent.slice(0, MAX_NAMES).join(", ") + (absent.length > MAX_NAMES ? ` and ${absent.length - MAX_NAMES} more` : "");
  const message = `${file} lacks ${absent.length === 1 ? "the crate" : `${absent.length} crates`} ${names} (run \`cargo update -w\`)`;
  return [finding(group, message, plainSite({ value: `(no ${absent[0]})`, location: { file, line: 1 } }))];
}

function finding({ leader, name }: Group, message: string, follower: Site): Finding {
  const fact = `locked ${name}`;
  const relation: Relation = { name: "lock", kind: "equal", leader: name, followers: [fact], advice: ADVICE };
  return { relation, fact, severity: "error", message, leader, follower };
}
