import type { PrefetchingSource } from "@release-actions/archive";
import { parseVersion, type Version } from "@release-actions/channel";
import { type DistPlan, loadPlan } from "@release-actions/dist-plan";
import type { Transport } from "@release-actions/http";
import { type RunArtifacts, type RunFacts, subjectOfPlan, subjectOfVersion } from "@release-actions/release-run";
import { buildImage } from "./build.ts";
import { makeContext } from "./build-context.ts";
import { type PushableImage, readImage } from "./image.ts";
import { ImagePublishError } from "./logins.ts";
import type { PublishRunner } from "./publish-runner.ts";
import { openSource, openTarFile } from "./source.ts";

/** What is published: a version, and the image that is to stand for it. */
export interface Subject {
  readonly version: Version;
  readonly image: PushableImage;
}

export async function findSubject(
  runner: PublishRunner,
  facts: RunFacts,
  artifacts: RunArtifacts,
  transport: Transport,
): Promise<Subject> {
  const { inputs, signal } = runner;
  const { dockerfile, source } = inputs;
  const given = inputs.version && parseVersion(inputs.version, "the input `version`");
  if (given && dockerfile === undefined) {
    const { version } = subjectOfVersion(given, facts.tag);
    return { version, image: await readImage(source, await openSource(runner, facts.workspace, transport), signal) };
  }
  const plan = await loadPlan(inputs.plan, artifacts.read);
  const { version } = subjectOfPlan(plan, facts.tag);
  if (given && given.text !== version.text) {
    throw new ImagePublishError(`the input \`version\` is ${given.text}, and the plan releases ${version.text}`);
  }
  const [label, tar] =
    dockerfile === undefined
      ? [source, await openSource(runner, facts.workspace, transport)]
      : [dockerfile, await openBuilt(runner, dockerfile, plan, facts, artifacts)];
  return { version, image: await readImage(label, tar, signal) };
}

async function openBuilt(
  runner: PublishRunner,
  dockerfile: string,
  plan: DistPlan,
  facts: RunFacts,
  artifacts: RunArtifacts,
): Promise<PrefetchingSource> {
  const context = await makeContext(runner, plan, facts.workspace, artifacts);
  return await openTarFile(runner, await buildImage(runner, dockerfile, context));
}
