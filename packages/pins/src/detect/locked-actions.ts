import { isScalar, type Scalar } from "yaml";
import type { CiJob } from "../ci/job.ts";
import { plainSite, type Relation, type Site } from "../fact.ts";
import type { Repository } from "../locate/repository.ts";
import { mapEntries, mapValue, scalarSite, scalarText, seqItems, type YamlFile } from "../locate/yaml-file.ts";
import type { Finding } from "../relation.ts";
import { type Detected, NOTHING } from "./detected.ts";

/** The file in which GitHub looks up the commits at which the actions of a workflow may run. */
const LOCK = ".github/workflows/actions.lock";
/** The supported versions of the format, such as `v0.0.1` and `v0.0.2`. */
const KNOWN_VERSION = /^v0\.0\.\d+$/;

interface Entry {
  readonly site: Site;
  /** The full commit, without the prefix that names the hash algorithm. */
  readonly commit: string | undefined;
  readonly uses: readonly Site[];
}

interface Lock {
  /** The actions that each locked workflow may use, by the path of the workflow. */
  readonly workflows: ReadonlyMap<string, readonly Site[]>;
  readonly entries: ReadonlyMap<string, Entry>;
}

/**
 * Compares `actions.lock` with the workflows that it lists. GitHub does not start a listed workflow while one of its
 * actions is missing from the file (docs, "Workflow dependency lockfiles"). Reusable workflows, actions of the repository
 * itself (`./`, `$/`) and containers are not locked, and workflows that the file does not list are not restricted.
 */
export function detectLockedActions(repository: Repository, jobs: readonly CiJob[]): Detected {
  if (!repository.has(LOCK)) return NOTHING;
  const yaml = repository.attempt(LOCK, (file) => repository.yaml(file));
  if (yaml === undefined) return NOTHING;
  const version = scalarText(mapValue(yaml, yaml.document.contents, "version")) ?? "";
  if (!KNOWN_VERSION.test(version)) {
    const what = version === "" ? "no version" : `the version ${version}`;
    return { ...NOTHING, notes: [`${LOCK} has ${what}, which is not known here: it was not compared.`] };
  }
  const lock = readLock(yaml);
  const used = Map.groupBy(
    jobs.flatMap((job) => job.steps.flatMap(({ uses }) => (uses === undefined ? [] : usedSite(job, uses)))),
    ({ location }) => location?.file ?? "",
  );
  const findings = [...lock.workflows].flatMap(([file, pins]) => [
    ...(repository.has(file) ? workflowFindings(file, used.get(file) ?? [], pins) : [goneFinding(file, pins, yaml)]),
    ...pins.flatMap((pin) => missingEntry(pin, lock)),
  ]);
  return {
    ...NOTHING,
    findings: [...findings, ...[...lock.entries].flatMap(([key, entry]) => entryFindings(key, entry, lock))],
    notes: unlocked(used, lock),
  };
}

function readLock(yaml: YamlFile): Lock {
  const root = yaml.document.contents;
  const sites = (node: unknown): Site[] =>
    seqItems(yaml, node).flatMap((item) => (isScalar(item) ? [scalarSite(yaml, item)] : []));
  const entries = mapEntries(yaml, mapValue(yaml, root, "dependencies")).map(([key, node]): [string, Entry] => {
    const commit = mapValue(yaml, node, "commit");
    const site: Site = isScalar(commit)
      ? scalarSite(yaml, commit)
      : plainSite({ value: key, location: { file: LOCK, line: 1 } });
    return [
      keyOf(key),
      {
        site,
        commit: /^sha\d+-([0-9a-f]+)$/.exec(scalarText(commit) ?? "")?.[1],
        uses: sites(mapValue(yaml, node, "uses")),
      },
    ];
  });
  const workflows = mapEntries(yaml, mapValue(yaml, root, "workflows"));
  return {
    workflows: new Map(workflows.map(([file, pins]) => [file, isScalar(pins) ? [] : sites(pins)])),
    entries: new Map(entries),
  };
}

/** The site of an action from another repository; empty if the step needs no lock or an expression chooses the action. */
function usedSite({ yaml }: CiJob, uses: Scalar): Site[] {
  const site = scalarSite(yaml, uses);
  return /^[^./$][^/:@\s]*\/[^@\s]+@\S+$/.test(site.value) && !site.value.includes("${{") ? [site] : [];
}

/** `owner/repository@ref`. The name is lowercased and loses the folder of the action; the ref is unchanged. */
function keyOf(uses: string): string {
  const at = uses.indexOf("@");
  const [owner = "", repository = ""] = uses.slice(0, at).toLowerCase().split("/");
  return `${owner}/${repository}${uses.slice(at)}`;
}

/** Makes one finding per action, even if a workflow uses it several times or its ref was changed. */
function workflowFindings(file: string, used: readonly Site[], pins: readonly Site[]): Finding[] {
  const [locked, wanted] = [byKey(pins), byKey(used)];
  const stale = new Map([...locked].filter(([key]) => !wanted.has(key)));
  const missing = [...wanted].flatMap(([key, site]): Finding[] => {
    if (locked.has(key)) return [];
    const name = key.slice(0, key.indexOf("@") + 1);
    const [old, pin] = [...stale].find(([each]) => each.startsWith(name)) ?? [];
    if (old !== undefined) stale.delete(old);
    const state = pin === undefined ? "does not have it" : `has ${pin.value}`;
    const message = `${site.value} is not locked: ${LOCK} ${state} for this workflow, and GitHub does not start it`;
    return [found("error", message, site, pin)];
  });
  const left = [...stale.values()].map((pin) => found("warning", `${file} no longer uses ${pin.value}`, pin));
  return [...missing, ...left];
}

function byKey(sites: readonly Site[]): Map<string, Site> {
  const all = sites.map((site) => [keyOf(site.value), site] as const);
  return new Map(all.reverse()); // Reversed, so that the first place of each key wins.
}

function goneFinding(file: string, pins: readonly Site[], { locate, text }: YamlFile): Finding {
  const location = pins[0]?.location ?? locate(Math.max(text.indexOf(file), 0));
  return found("warning", `${LOCK} lists ${file}, which does not exist`, plainSite({ value: file, location }));
}

/** Requires that `dependencies` has the commit of an action in a workflow's list. */
function missingEntry(pin: Site, lock: Lock): Finding[] {
  if (lock.entries.has(keyOf(pin.value))) return [];
  return [found("error", `${pin.value} has no entry below \`dependencies\`, so that no commit is locked for it`, pin)];
}

function entryFindings(key: string, { site, commit, uses }: Entry, lock: Lock): Finding[] {
  const ref = key.slice(key.indexOf("@") + 1);
  const isOther = /^[0-9a-f]{40}$/.test(ref) && commit !== undefined && commit !== ref;
  return [
    ...(commit === undefined
      ? [found("error", `${key} has no valid \`commit\`, expected \`sha1-<40 digits>\``, site)]
      : []),
    ...(isOther ? [found("error", `${key} is locked at another commit, ${commit}`, site)] : []),
    ...uses.flatMap((pin) => missingEntry(pin, lock)),
  ];
}

/** Notes the workflows that are not locked. This is legal, since workflows are locked one by one, but may be an oversight if others are locked. */
function unlocked(used: ReadonlyMap<string, readonly Site[]>, lock: Lock): string[] {
  const files = [...used.keys()].filter((file) => file.startsWith(".github/workflows/") && !lock.workflows.has(file));
  return files.length === 0
    ? []
    : [`${LOCK} does not list ${files.sort().join(", ")}: GitHub does not check which actions they use.`];
}

function found(severity: "error" | "warning", message: string, follower: Site, leader?: Site): Finding {
  return { relation: RELATION, fact: "locked actions", severity, message, leader, follower };
}

const RELATION: Relation = {
  name: "actions",
  kind: "equal",
  followers: ["locked actions"],
  advice: "Run `gh actions-lock` and commit what it writes.",
};
