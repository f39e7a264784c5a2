import type { PrefetchingSource } from "@release-actions/archive";
import { parseVersion, type Version } from "@release-actions/channel";
import { loadPlan } from "@release-actions/dist-plan";
import type { Transport } from "@release-actions/http";
import { type RunArtifacts, type RunFacts, subjectOfPlan, subjectOfVersion } from "@release-actions/release-run";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { buildImage } from "./build.ts";
import { makeContext } from "./build-context.ts";
import { compressLayers } from "./compress-layers.ts";
import { type PushableImage, readImage } from "./image.ts";
import { openSource, openTarFile } from "./source.ts";

/** What is published: a version, and its image. */
export async function findSubject(
  runner: ActionRunner,
  facts: RunFacts,
  artifacts: RunArtifacts,
  transport: Transport,
): Promise<{ readonly version: Version; readonly image: PushableImage }> {
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
    throw new Fault(`the input \`version\` is ${given.text}, and the plan releases ${version.text}`);
  }
  if (dockerfile === undefined) {
    return { version, image: await read(source, await openSource(runner, facts.workspace, transport)) };
  }
  const context = await makeContext(runner, plan, facts.workspace, artifacts);
  const built = await openTarFile(runner, await buildImage(runner, dockerfile, context));
  return { version, image: await read(dockerfile, built) };
}
