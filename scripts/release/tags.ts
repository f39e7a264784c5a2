import { commitIdentity, git } from "./git.ts";
import { Refusal } from "./refusal.ts";
import { highestReleased, type Refs, type Tag, tagMessage } from "./remote.ts";
import { compareVersions, parseVersion, type ReleasePlan } from "./versions.ts";

/** The tags of a release: `immutable` ones never move, `moving` ones follow the newest version. */
export interface Tags {
  readonly immutable: readonly Tag[];
  readonly moving: readonly Tag[];
}

/**
 * The tags of each action: `<action>/v1.4.2` if its version is new, and `<action>/v1`. Their commits contain only that
 * action and no workflow files. They form one history per action, separate from the history of the whole repository.
 *
 * @param trees the separate tree of each action, by the action's name
 * @throws Refusal when an action's code differs from the release of the same version
 */
export async function tagActions(
  clone: string,
  plan: ReleasePlan,
  trees: ReadonlyMap<string, string>,
  refs: Refs,
): Promise<Tags> {
  const immutable: Tag[] = [];
  const moving: Tag[] = [];
  const changed: string[] = [];
  for (const { name, version } of plan.actions) {
    const tag = `${name}/v${version}`;
    const tree = trees.get(name) ?? "";
    const released = refs.get(`refs/tags/${tag}`);
    if (released !== undefined && (await whatRuns(clone, released)) !== (await whatRuns(clone, tree))) {
      changed.push(`${name} ${version}`);
      continue;
    }
    const commit = released ?? (await commitAction(clone, plan, tag, tree, refs));
    if (released === undefined) immutable.push({ name: tag, commit });
    moving.push(...movingTag(refs, `${name}/`, version).map((each) => ({ name: each, commit })));
  }
  if (changed.length > 0) {
    throw new Refusal(`released already with other content: ${changed.join(", ")}`, {
      advice: "Add a changeset that names what changed: `npx changeset`. A released version stays what it is.",
    });
  }
  return { immutable, moving };
}

/** The tags of the whole repository: `v1.4.2`, and `v1` if this is its highest version. */
export function tagWhole(version: string, commit: string, refs: Refs): Tags {
  const moving = movingTag(refs, "", version).map((name) => ({ name, commit }));
  return { immutable: [{ name: `v${version}`, commit }], moving };
}

/** The major tag, if the version is the highest of its major version. A later fix of an older version does not move it. */
function movingTag(refs: Refs, prefix: string, version: string): string[] {
  const ours = parseVersion(version, prefix);
  const highest = highestReleased(refs, prefix, ours.major);
  const isHighest = highest === undefined || compareVersions(ours, parseVersion(highest, prefix)) >= 0;
  return isHighest ? [`${prefix}v${ours.major}`] : [];
}

/** Creates a commit with one action. Its parent is the previous release of that action, if there is one. */
async function commitAction(clone: string, plan: ReleasePlan, tag: string, tree: string, refs: Refs): Promise<string> {
  const [name = "", version = ""] = tag.split("/v");
  const before = highestReleased(refs, `${name}/`, parseVersion(version, name).major);
  const parent = before === undefined ? undefined : refs.get(`refs/tags/${name}/v${before}`);
  const env = await commitIdentity(clone, plan.source);
  const parents = parent === undefined ? [] : ["-p", parent];
  return git(clone, ["commit-tree", tree, ...parents], { env, input: tagMessage(tag, plan.source) });
}

/** The files that determine what an action does: action.yml and bundles, but not documentation. */
async function whatRuns(clone: string, tree: string): Promise<string> {
  const files = (await git(clone, ["ls-tree", "-r", tree])).split("\n");
  return files.filter((line) => !/(\.md|\tchecksums\.txt|\tLICENSE)$/.test(line)).join("\n");
}
