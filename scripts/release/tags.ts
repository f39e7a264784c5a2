import { commitIdentity, git } from "./git.ts";
import { Refusal } from "./refusal.ts";
import { highestReleased, type Refs, type Tag, tagMessage } from "./remote.ts";
import { compareVersions, parseVersion, type ReleasePlan } from "./versions.ts";

/** Which tags a release makes, and which of them must never move. */
export interface Tags {
  readonly immutable: readonly Tag[];
  readonly moving: readonly Tag[];
}

/**
 * The tags of each action: `<action>/v1.4.2` where its version is new, and `<action>/v1`. They lead to commits that
 * hold that action alone, one after the other, apart from the history of the whole: no workflow file is in them.
 *
 * @param trees the tree of each action by itself, by its name
 * @throws Refusal when an action runs other code than the release of the same version did.
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

/** The tags of the whole: `v1.4.2`, and `v1` where that is its highest version. */
export function tagWhole(version: string, commit: string, refs: Refs): Tags {
  const moving = movingTag(refs, "", version).map((name) => ({ name, commit }));
  return { immutable: [{ name: `v${version}`, commit }], moving };
}

/** The major tag follows the highest version of its line, which a late fix of an older one is not. */
function movingTag(refs: Refs, prefix: string, version: string): string[] {
  const ours = parseVersion(version, prefix);
  const highest = highestReleased(refs, prefix, ours.major);
  const isHighest = highest === undefined || compareVersions(ours, parseVersion(highest, prefix)) >= 0;
  return isHighest ? [`${prefix}v${ours.major}`] : [];
}

/** A commit with one action, on top of that action's release before, if there was one. */
async function commitAction(clone: string, plan: ReleasePlan, tag: string, tree: string, refs: Refs): Promise<string> {
  const [name = "", version = ""] = tag.split("/v");
  const before = highestReleased(refs, `${name}/`, parseVersion(version, name).major);
  const parent = before === undefined ? undefined : refs.get(`refs/tags/${name}/v${before}`);
  const env = await commitIdentity(clone, plan.source);
  const parents = parent === undefined ? [] : ["-p", parent];
  return git(clone, ["commit-tree", tree, ...parents], { env, input: tagMessage(tag, plan.source) });
}

/** All that decides what an action does: contracts and bundles, not the pages about them. */
async function whatRuns(clone: string, tree: string): Promise<string> {
  const files = (await git(clone, ["ls-tree", "-r", tree])).split("\n");
  return files.filter((line) => !/(\.md|\tchecksums\.txt|\tLICENSE)$/.test(line)).join("\n");
}
