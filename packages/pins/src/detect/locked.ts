import { packageField, type Workspace } from "@release-actions/cargo";
import type { Edit } from "@release-actions/text";
import { replaceString } from "@release-actions/toml";
import { type Fact, plainSite, type Relation, type Site } from "../fact.ts";
import { tomlSite } from "../locate/locator.ts";
import type { Finding } from "../relation.ts";

interface Group {
  readonly leader: Site;
  readonly name: string;
  readonly locked: { readonly crate: string; readonly site: Site; readonly edit?: (value: string) => Edit }[];
  readonly absent: string[];
}

const ADVICE = "`cargo update --workspace` brings the lock file up to date.";
/** The most names that one message lists. */
const MAX_NAMES = 5;

/** Compares the versions of crates with Cargo.lock, grouped by the place that states the version: one finding per stale version. */
export function lockedVersions(workspace: Workspace): { facts: Fact[]; findings: Finding[] } {
  const { lock } = workspace;
  if (lock === undefined) return { facts: [], findings: [] };
  const groups = groupCrates(workspace);
  const file = lock.document.file;
  return {
    facts: groups.flatMap(({ leader, name, locked }) => [
      { name, sites: [leader] },
      { name: `locked ${name}`, sites: locked.map(({ site }) => site) },
    ]),
    findings: groups.flatMap((group) => [...staleFindings(group, file), ...absentFinding(group, file)]),
  };
}

function groupCrates(workspace: Workspace): Group[] {
  const { lock } = workspace;
  const local = new Map(
    (lock?.packages ?? []).filter(({ source }) => source === undefined).map((each) => [each.name, each]),
  );
  const groups = new Map<string, Group>();
  for (const crate of workspace.crates) {
    const node = packageField(workspace, crate, "version");
    // Since cargo 1.75 a crate without a version is 0.0.0, in the lock file too.
    if (node?.kind !== "string" || lock === undefined) continue;
    const key = `${node.location.file}:${node.location.line}`;
    const holder = node.location.file === crate.manifest.file ? crate.manifest : workspace.manifest;
    const isShared = holder !== crate.manifest || holder === workspace.manifest;
    const name = isShared ? "workspace version" : `version of ${crate.name}`;
    const group: Group = groups.get(key) ?? { leader: tomlSite(holder, node), name, locked: [], absent: [] };
    groups.set(key, group);
    const found = local.get(crate.name);
    if (found === undefined) group.absent.push(crate.name);
    else {
      const site = plainSite({ value: found.version.value, location: found.version.location });
      group.locked.push({
        crate: crate.name,
        site,
        edit: (value) => replaceString(lock.document, found.version, value),
      });
    }
  }
  return [...groups.values()];
}

function staleFindings({ leader, name, locked }: Group, file: string): Finding[] {
  const stale = locked.filter(({ site }) => site.value !== leader.value);
  return [...Map.groupBy(stale, ({ site }) => site.value)].flatMap(([value, crates]): Finding[] => {
    const [first] = crates;
    if (first === undefined) return [];
    const who = crates.length === 1 ? `${first.crate} is` : `${crates.length} crates are`;
    const message = `${file}: ${who} at ${value}, expected ${leader.value} (run \`cargo update -w\`)`;
    const rewrite = (next: string): Edit[] => crates.flatMap(({ edit }) => edit?.(next) ?? []);
    const follower = { ...first.site, rewrite };
    const repair = { kind: "rewrite", value: leader.value } as const;
    return [
      { relation: lockRelation(name), fact: `locked ${name}`, severity: "error", message, leader, follower, repair },
    ];
  });
}

function absentFinding({ leader, name, absent }: Group, file: string): Finding[] {
  if (absent.length === 0) return [];
  const names =
    absent.slice(0, MAX_NAMES).join(", ") + (absent.length > MAX_NAMES ? ` and ${absent.length - MAX_NAMES} more` : "");
  const message = `${file} lacks ${absent.length === 1 ? "the crate" : `${absent.length} crates`} ${names} (run \`cargo update -w\`)`;
  const follower = plainSite({ value: `(no ${absent[0]})`, location: { file, line: 1 } });
  return [{ relation: lockRelation(name), fact: `locked ${name}`, severity: "error", message, leader, follower }];
}

function lockRelation(name: string): Relation {
  return { name: "lock", kind: "equal", leader: name, followers: [`locked ${name}`], advice: ADVICE };
}
