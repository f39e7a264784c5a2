import type { PrefetchingSource } from "@release-actions/archive";
import { parseVersion, type Version } from "@release-actions/channel";
import { type DistPlan, loadPlan } from "@release-actions/dist-plan";
import type { Transport } from "@release-actions/http";
import { type RunArtifacts, type RunFacts, subjectOfPlan, subjectOfVersion } from "@release-actions/release-run";
import type { ActionRunner } from "./action.gen.ts";
import { buildImage } from "./build.ts";
import { makeContext } from "./build-context.ts";
import { compressLayers } from "./compress-layers.ts";
import { type PushableImage, readImage } from "./image.ts";
import { ImagePublishError } from "./logins.ts";
import { openSource, openTarFile } from "./source.ts";

/** What is published: a version, and its image. */
export interface Subject {
  readonly version: Version;
  readonly image: PushableImage;
}

export async function findSubject(
  runner: ActionRunner,
  facts: RunFacts,
  artifacts: RunArtifacts,
  transport: Transport,
): Promise<Subject> {
  const { inputs } = runner;
  const { dockerfile, source } = inputs;
  const read = async (label: string, tar: PrefetchingSource): Promise<PushableImage> => {
    const image = await readImage(label, tar, runner.signal);
    return inputs["layer-compression"] === "gzip" ? await compressLayers(runner, image) : image;
  };
  const given = inputs.version && parseVersion(inputs.version, "the input `version`");
  if (given && dockerfile === undefined) {
    const { version } = subjectOfVersion(given, facts.tag);
    return { version, image: await read(source, await openSource(runner, facts.workspace, transport)) };
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
  return { version, image: await read(label, tar) };
}

async function openBuilt(
  runner: ActionRunner,
  dockerfile: string,
  plan: DistPlan,
  facts: RunFacts,
  artifacts: RunArtifacts,
): Promise<PrefetchingSource> {
  const context = await makeContext(runner, plan, facts.workspace, artifacts);
  return await openTarFile(runner, await buildImage(runner, dockerfile, context));
}
