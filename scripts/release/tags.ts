import { git } from "./git.ts";
import { pinOwnReferences } from "./references.ts";
import { Refusal } from "./refusal.ts";
import { highestReleased, type Refs } from "./remote.ts";
import { compareVersions, parseVersion, type ReleasePlan } from "./versions.ts";

/** Which tags a release makes, and which of them must never move. */
export interface Tags {
  readonly immutable: readonly string[];
  readonly moving: readonly string[];
}

/**
 * The tags of a release: `v1.4.2` and `v1` for the whole, `<action>/v1.4.2` and `<action>/v1` for every
 * action whose version is new.
 *
 * @param content the commit or tree that holds what would be released
 * @throws Refusal when an action runs other code than the release of the same version did.
 */
export async function decideTags(clone: string, plan: ReleasePlan, content: string, refs: Refs): Promise<Tags> {
  const immutable = [`v${plan.version}`];
  const moving = movingTag(refs, "", plan.version);
  const changed: string[] = [];
  for (const { name, version } of plan.actions) {
    const tag = `${name}/v${version}`;
    const released = refs.get(`refs/tags/${tag}`);
    if (released === undefined || released === refs.get(`refs/tags/v${plan.version}`)) {
      immutable.push(tag);
      moving.push(...movingTag(refs, `${name}/`, version));
    } else if ((await whatRuns(clone, released, name)) !== (await whatRuns(clone, content, name))) {
      changed.push(`${name} ${version}`);
    }
  }
  if (changed.length > 0) {
    throw new Refusal(`released already with other content: ${changed.join(", ")}`, {
      advice: "Add a changeset that names what changed: `npx changeset`. A released version stays what it is.",
    });
  }
  return { immutable, moving };
}

/** The major tag follows the highest version of its line, which a late fix of an older one is not. */
function movingTag(refs: Refs, prefix: string, version: string): string[] {
  const ours = parseVersion(version, prefix);
  const highest = highestReleased(refs, prefix, ours.major);
  const isHighest = highest === undefined || compareVersions(ours, parseVersion(highest, prefix)) >= 0;
  return isHighest ? [`${prefix}v${ours.major}`] : [];
}

/** All that decides what an action does: its contract and its bundle, whatever tag it refers to others by. */
async function whatRuns(clone: string, content: string, action: string): Promise<string> {
  const bundle = await git(clone, ["ls-tree", "-r", content, `${action}/dist/`]);
  const contract = await git(clone, ["show", `${content}:${action}/action.yml`]);
  const [repository = ""] = /[\w.-]+\/[\w.-]+(?=\/[\w./-]+@v\d)/.exec(contract) ?? [];
  const neutral = { repository, tag: "released", majorTag: "released" };
  return `${repository === "" ? contract : pinOwnReferences(contract, neutral)}\n${bundle}`;
}
