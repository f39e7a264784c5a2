import path from "node:path";
import { repositoryIn } from "../repository-name.ts";
import { assembleActionTree, assembleTree } from "./assemble.ts";
import { build, cloneAt } from "./build-twice.ts";
import { git } from "./git.ts";
import { writeTree } from "./publish.ts";
import { Refusal } from "./refusal.ts";
import { findRemote, IMMUTABLE_TAG, readRemote, sourceOf } from "./remote.ts";
import { parseVersion, readVersion } from "./versions.ts";

export interface Verification {
  /** The commit from which the release was built, as the release states. */
  readonly source: string;
  /** Files that differ between the tag and the new build, or exist in only one of them. */
  readonly differing: readonly string[];
}

/**
 * Builds the sources of a released tag again and compares the trees.
 *
 * @throws Refusal when the tag does not exist, or was not made by a release
 */
export async function verifyTag(options: {
  readonly root: string;
  /** A name from `git remote`, or a URL. */
  readonly remote: string;
  /** `v1.4.2` or `<action>/v1.4.2`. */
  readonly tag: string;
  readonly temp: string;
}): Promise<Verification> {
  const { root, tag, temp } = options;
  if (!IMMUTABLE_TAG.test(`refs/tags/${tag}`)) {
    throw new Refusal(`"${tag}" is not the tag of a version: expected v1.4.2 or <action>/v1.4.2`);
  }
  const clone = path.join(temp, "sources");
  const remote = await findRemote(root, options.remote, undefined);
  await cloneAt(root, clone, "HEAD");
  const refs = await readRemote(clone, remote);
  const released = refs.get(`refs/tags/${tag}`);
  if (released === undefined) throw new Refusal(`${remote.url} has no tag ${tag}`);
  const source = await sourceOf(clone, released);
  if (source === "") throw new Refusal(`${tag} was not made by a release: its commit names no sources`);
  await git(clone, ["checkout", "--quiet", "--detach", source]);
  await build(clone, {});
  const tree = path.join(temp, "tree");
  const version = readVersion(path.join(clone, "package.json"));
  const majorTag = `v${parseVersion(version, "the repository").major}`;
  const releasedAs = { repository: repositoryIn(clone), tag: `v${version}`, majorTag };
  const [action, ofAction] = tag.split("/");
  if (ofAction === undefined || action === undefined) assembleTree(clone, tree, releasedAs);
  else assembleActionTree(clone, tree, action, releasedAs);
  const built = await writeTree(clone, tree);
  const differing = await git(clone, ["diff-tree", "-r", "--name-only", `${released}^{tree}`, built]);
  return { source, differing: differing.split("\n").filter(Boolean) };
}
