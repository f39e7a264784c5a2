import type { InputValues } from "@release-actions/action-kit";
import { parseReference } from "@release-actions/image-reference";
import { Fault } from "@release-actions/report";
import type { contract } from "./action.gen.ts";
import type { RunEvent } from "./event.ts";
import { placeTag } from "./place-tag.ts";
import { buildsOf, type PlatformBuild } from "./platform-builds.ts";

const SYMBOLS_STAGE = "debug-symbols";

export interface ImagePlan {
  readonly push: boolean;
  readonly images: readonly string[];
  /** The same without stages, each once. */
  readonly names: readonly string[];
  /** For docker/metadata-action, without what release-channel adds. */
  readonly tagRules: readonly string[];
  readonly flavor: readonly string[];
  /** What is built on which runner, where platforms have runners of their own; else empty. */
  readonly builds: readonly PlatformBuild[];
  /** The version for release-channel to place; undefined when the rules have the tags. */
  readonly version: string | undefined;
  readonly platforms: readonly string[];
  readonly labels: readonly string[];
  /** Lists of one argument or several, each beginning on a line of its own. */
  readonly buildArgs: readonly string[];
  readonly exports: readonly string[];
  /** Why a tag moves nothing, where it does not. */
  readonly note: string | undefined;
}

type Inputs = InputValues<typeof contract>;

/** Decides what is built, and what becomes of it. */
export function planImage(inputs: Inputs, event: RunEvent, versionOf: (cargoPackage: string) => string): ImagePlan {
  if (inputs.debug && inputs.parca) {
    throw new Fault("both `debug` and `parca` are set: one keeps debug information in the image, the other removes it");
  }
  const isPush = event.name === "push";
  const isDefault = isPush && event.ref === `refs/heads/${event.defaultBranch}`;
  const tag = event.ref.startsWith("refs/tags/") ? event.ref.slice("refs/tags/".length) : undefined;
  const stages = imagesOf(inputs, event);
  const placed =
    tag === undefined ? undefined : placeTag(tag, inputs["tag-family"], namesOfFamily(stages, inputs, event));
  const isForeign = placed?.kind === "foreign";
  const push =
    inputs.push === "always" || (inputs.push === "auto" && (isDefault || (isPush && tag !== undefined && !isForeign)));
  const released = placed?.kind === "version" ? placed.version : undefined;
  const version = inputs.tags.length > 0 ? undefined : released;
  const label = inputs["cargo-package"] === undefined ? released : versionOf(inputs["cargo-package"]);
  const names = stages.flatMap(({ name, stage }) => namesOf(name, inputs, push).map((full) => ({ full, stage })));
  return {
    push,
    images: names.map(({ full, stage }) => withStage(full, stage)),
    tagRules: tagRules(inputs, event, tag, version !== undefined),
    flavor: ["latest=false", ...(inputs.debug ? ["prefix=debug-"] : []), ...inputs.flavor],
    builds: buildsOf(inputs.platforms, inputs.runners, inputs["artifact-platform"]),
    names: [...new Set(names.map(({ full }) => full))],
    version,
    platforms: inputs.platforms,
    labels: label === undefined ? [] : [`org.opencontainers.image.version=${label}`],
    buildArgs: [
      `CARGO_PROFILE_RELEASE_DEBUG=${inputs.debug || inputs.parca}`,
      `UPLOAD_DEBUGINFO=${inputs.parca}`,
      `BUILD_INDIVIDUALLY=${inputs.individually}`,
      ...(inputs["build-args"] === undefined ? [] : [inputs["build-args"]]),
      ...(inputs.features === undefined ? [] : [`${inputs["features-argument"]}=${inputs.features}`]),
    ],
    exports: inputs.parca
      ? [`${SYMBOLS_STAGE}=${event.temp}/${SYMBOLS_STAGE}/exported`, ...shippedStages(stages, event)]
      : [],
    note: placed?.kind === "foreign" ? placed.why : undefined,
  };
}

/** What may stand before a version in a tag of this image: its own names, its repository's and its package's. */
function namesOfFamily(stages: readonly NamedStage[], inputs: Inputs, { repository }: RunEvent): readonly string[] {
  const names = [repository, ...stages.map(({ name }) => name), ...(inputs["cargo-package"] ?? "").split(" ")];
  return names.flatMap((name) => name.split("/").at(-1) ?? []).filter((name) => name !== "");
}

interface NamedStage {
  readonly name: string;
  /** Empty for the last one. */
  readonly stage: string;
}

function imagesOf(inputs: Inputs, event: RunEvent): readonly NamedStage[] {
  // Names of registries are in lower case, whatever the repository's is.
  if (inputs.images.length === 0) return [{ name: event.repository.toLowerCase(), stage: inputs.target ?? "" }];
  return inputs.images.map((line) => {
    const [name = "", stage = inputs.target ?? "", ...rest] = line.split("=");
    if (rest.length > 0) throw new Fault(`the input \`images\` has ${JSON.stringify(line)}, expected name=stage`);
    return { name, stage };
  });
}

function namesOf(name: string, inputs: Inputs, push: boolean): readonly string[] {
  const registries = [inputs.registry, ...(push && inputs["docker-hub"] ? [inputs["docker-hub-registry"]] : [])];
  return registries.map((registry) => {
    const reference = parseReference(`${registry}/${name}`);
    if (reference.tag !== undefined || reference.digest !== undefined || reference.registry !== registry) {
      throw new Fault(`the input \`images\` has ${JSON.stringify(name)}, expected a name without registry and tag`);
    }
    return `${registry}/${name}`;
  });
}

/**
 * Rules for docker/metadata-action. A commit's image has its hash for a tag, which is what the jobs and repositories look
 * for that test it. A release's has not: it would take the place of the one that was tested. What release-channel decides
 * is added to these.
 */
function tagRules(
  inputs: Inputs,
  { sha, ref }: RunEvent,
  tag: string | undefined,
  isPlaced: boolean,
): readonly string[] {
  const own = [...inputs.tags.map((name) => `type=raw,value=${name}`), ...inputs["tag-rules"]];
  const commit = tag === undefined ? [`type=raw,value=${sha}`] : [];
  if (own.length > 0) return [...commit, ...own];
  if (isPlaced) return [];
  // Its own rule for references takes those of the run alone, and no `ref` that was given instead.
  const name = ref.replace(/^refs\/\w+\//, "");
  const value = name.replace(/[^\w.-]/g, "-").replace(/^[.-]+/, "");
  return [...commit, ...(value === "" ? [] : [`type=raw,value=${value.slice(0, 128)}`])];
}

function shippedStages(stages: readonly NamedStage[], { temp }: RunEvent): readonly string[] {
  const names = [...new Set(stages.map(({ stage }) => stage))];
  return names.map((stage) => `${stage}=${temp}/${SYMBOLS_STAGE}/shipped/${stage || "last"}`);
}

function withStage(name: string, stage: string): string {
  return stage === "" ? name : `${name}=${stage}`;
}
