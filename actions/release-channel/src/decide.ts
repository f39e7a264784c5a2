import { type Decision, decideChannel, parseRules, parseVersion } from "@release-actions/channel";
import { loadPlan } from "@release-actions/dist-plan";
import { basicCredential, listRefs, openGit, remoteUrl } from "@release-actions/git";
import { openReleases } from "@release-actions/github-rest";
import {
  existingVersions,
  type RunFacts,
  readFacts,
  restOfRun,
  runArtifacts,
  type Subject,
  subjectOfPlan,
  subjectOfVersion,
} from "@release-actions/release-run";
import { countOf, Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

export class ChannelError extends Fault {
  override readonly name = "ChannelError";
}

/** Reads the version to release and the earlier ones, and applies the rules. */
export async function decide(runner: ActionRunner): Promise<Decision> {
  const facts = readFacts(runner.env);
  const rules = parseRules(runner.inputs.rules);
  const subject = await readSubject(runner, facts);
  const { tags } = runner.inputs;
  if (tags !== "api" && tags !== "git") {
    // A list from the input need not contain the tag that is being released.
    return decideChannel(subject.version, existingVersions(tags.split(/[\s,]+/), subject, undefined), rules);
  }
  const found = tags === "api" ? await tagsFromApi(runner, facts) : await tagsFromGit(runner, facts);
  runner.info(`read ${countOf(found.length, "tag")} of ${runner.inputs.repository ?? facts.repository}`);
  const ownTag = runner.inputs.repository === facts.repository ? facts.tag : undefined;
  return decideChannel(subject.version, existingVersions(found, subject, ownTag), rules);
}

async function readSubject(runner: ActionRunner, facts: RunFacts): Promise<Subject> {
  const { inputs } = runner;
  if (inputs.version === undefined)
    return subjectOfPlan(await loadPlan(inputs.plan ?? "artifact", runArtifacts(runner).read), facts.tag);
  if (inputs.plan !== undefined) throw new ChannelError("both `plan` and `version` are given, expected one of them");
  return subjectOfVersion(parseVersion(inputs.version, "the input `version`"), facts.tag);
}

async function tagsFromApi(runner: ActionRunner, facts: RunFacts): Promise<readonly string[]> {
  const { token, repository } = runner.inputs;
  const rest = restOfRun(runner, facts, token);
  return openReleases(rest, repository ?? facts.repository).tags();
}

async function tagsFromGit(runner: ActionRunner, facts: RunFacts): Promise<readonly string[]> {
  const { token, repository } = runner.inputs;
  const url = remoteUrl(repository ?? facts.repository, facts.serverUrl);
  if (token !== undefined) runner.mask(basicCredential(token));
  const options = { run: runner.exec, env: runner.env, url, token, signal: runner.signal };
  const refs = await listRefs(openGit(options), options, "refs/tags/*");
  return [...refs.keys()].map((ref) => ref.slice("refs/tags/".length));
}
