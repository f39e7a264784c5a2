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
  /** The names of the images without stages, each once. */
  readonly names: readonly string[];
  /** Tag rules for docker/metadata-action, without those that release-channel adds. */
  readonly tagRules: readonly string[];
  readonly flavor: readonly string[];
  /** The jobs of the build, when platforms have runners of their own; else empty. */
  readonly builds: readonly PlatformBuild[];
  /** The version for which release-channel decides the tags; undefined when `tagRules` has all tags. */
  readonly version: string | undefined;
  readonly platforms: readonly string[];
  readonly labels: readonly string[];
  /** Lists of one or more build arguments; each argument starts on its own line. */
  readonly buildArgs: readonly string[];
  readonly exports: readonly string[];
  /** Why the git tag moves no image tag, if it does not. */
  readonly note: string | undefined;
}

type Inputs = InputValues<typeof contract>;

/** Decides what is built, how it is tagged, and whether it is pushed. */
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
    images: names.map(({ full, stage }) => (stage === "" ? full : `${full}=${stage}`)),
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

/** The names that may stand before a version in a git tag: those of the images, the repository and the package. */
function namesOfFamily(stages: readonly NamedStage[], inputs: Inputs, { repository }: RunEvent): readonly string[] {
  const names = [repository, ...stages.map(({ name }) => name), ...(inputs["cargo-package"] ?? "").split(" ")];
  return names.flatMap((name) => name.split("/").at(-1) ?? []).filter((name) => name !== "");
}

interface NamedStage {
  readonly name: string;
  /** The stage of the Dockerfile; empty means the last one. */
  readonly stage: string;
}

function imagesOf(inputs: Inputs, event: RunEvent): readonly NamedStage[] {
  // Image names must be in lower case, even if the repository's name is not.
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
 * Rules for docker/metadata-action. The image of a commit gets the commit's hash as a tag, by which jobs and other
 * repositories find it for tests. The image of a release does not: it would replace the tested image under that tag.
 * The workflow adds the tags that release-channel decides.
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
  // The `type=ref` rule of metadata-action only knows the run's own ref, not one from the input `ref`.
  const name = ref.replace(/^refs\/\w+\//, "");
  const value = name.replace(/[^\w.-]/g, "-").replace(/^[.-]+/, "");
  return [...commit, ...(value === "" ? [] : [`type=raw,value=${value.slice(0, 128)}`])];
}

function shippedStages(stages: readonly NamedStage[], { temp }: RunEvent): readonly string[] {
  const names = [...new Set(stages.map(({ stage }) => stage))];
  return names.map((stage) => `${stage}=${temp}/${SYMBOLS_STAGE}/shipped/${stage || "last"}`);
}
