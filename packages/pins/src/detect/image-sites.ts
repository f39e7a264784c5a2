import { type Dockerfile, imagesOf, runScriptsOf, type Stage } from "@release-actions/dockerfile";
import { atPath, entryOf, type TomlDocument, type TomlNode } from "@release-actions/toml";
import type { CiJob } from "../ci/job.ts";
import { WORKFLOWS } from "../ci/read-jobs.ts";
import type { Site } from "../fact.ts";
import { type ImageLookup, type ImageName, parseImage } from "../image.ts";
import { digestsAmong, keepDigest } from "../keep-digest.ts";
import { imageSite, regexSites, startsOf, tomlSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { scalarPairs, scalarSite } from "../locate/yaml-file.ts";
import { useOfDockerfile } from "../rust/dockerfile-use.ts";
import { isAside } from "../rust/place.ts";
import { DOCKERFILES, OTHER_PIPELINES, TASK_FILES } from "./files.ts";

export interface ImageMention {
  readonly site: Site;
  readonly image: ImageName;
  readonly by: "Dockerfile" | "dist" | "task file" | "workflow" | "pipeline";
  /** Whether a shipped product is built in the image, or it is only used for checks or by developers. */
  readonly use: "ships" | "checks" | "develops";
  /** The offsets in the file of the parts that the name is composed of, in a Dockerfile. */
  readonly starts: readonly number[];
  /** Whether cargo seems to run in the image. */
  readonly runsCargo: boolean;
}

/** The advice for a registry that does not reveal the digest of a new tag. */
export const DIGEST_ADVICE =
  "An image with a digest is rewritten if its registry shows the new digest without a login; otherwise get it with `docker buildx imagetools inspect <image>`.";

/** An image name in other text: a registry's host, a path, and a tag or digest. It does not match inside a URL or e-mail address. */
const IN_TEXT =
  /(?<![\w./:@-])((?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?\/[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]*)?(?:@sha256:[0-9a-f]{64})?)(?=["'`\s]|$)/;

/** Every image that the build of the repository names, in order of priority as leader. */
export function imageMentions(
  repository: Repository,
  jobs: readonly CiJob[],
  imageDigest: ImageLookup,
): ImageMention[] {
  const mentions = [
    ...dockerfileImages(repository),
    ...distImages(repository),
    ...taskImages(repository),
    ...workflowImages(repository, jobs),
    ...pipelineImages(repository),
  ];
  const images = mentions.map(({ image }) => image);
  const lookUp = digestsAmong(images, imageDigest);
  return mentions.map((mention) => ({ ...mention, site: keepDigest(mention.site, lookUp) }));
}

type Kind = Pick<ImageMention, "by" | "use" | "runsCargo">;

function mention(site: Site, kind: Kind, starts: readonly number[] = []): ImageMention[] {
  const image = parseImage(site.value);
  return image === undefined ? [] : [{ ...kind, starts, site: { ...site, isImage: true }, image }];
}

function dockerfileImages(repository: Repository): ImageMention[] {
  return repository.readable(DOCKERFILES, (file) => {
    const dockerfile = repository.dockerfile(file);
    const use = useOfDockerfile(dockerfile);
    const images = imagesOf(dockerfile).filter(({ by }) => by !== "# syntax");
    return images.flatMap((image) => {
      const stage = dockerfile.stages.find((each) => each.location.line === image.location.line);
      const runsCargo = image.by === "FROM" && stage !== undefined && isBuiltIn(dockerfile, stage);
      return mention(imageSite(image), { by: "Dockerfile", use, runsCargo }, startsOf(image.word));
    });
  });
}

/** Whether the stage, or one based on it, runs a Rust tool. */
function isBuiltIn(dockerfile: Dockerfile, stage: Stage): boolean {
  const runs = (each: Stage): boolean =>
    runScriptsOf(dockerfile, each).some(({ text }) => /\b(cargo|rustc|rustup|just|make|cross)\b/.test(text));
  return runs(stage) || dockerfile.stages.some((each) => each.parent === stage && isBuiltIn(dockerfile, each));
}

/** The configuration tables of cargo-dist, in each of the files that may contain one. */
export function distTables(repository: Repository): { readonly document: TomlDocument; readonly table: TomlNode }[] {
  const places: [file: string, path: readonly string[]][] = [
    ["dist-workspace.toml", ["dist"]],
    ["dist.toml", ["dist"]],
    ["Cargo.toml", ["workspace", "metadata", "dist"]],
  ];
  return places.flatMap(([file, path]) => {
    const document = repository.has(file) ? repository.attempt(file, () => repository.toml(file)) : undefined;
    const table = document && atPath(document.root, path);
    return document === undefined || table?.kind !== "table" ? [] : [{ document, table }];
  });
}

/** `container = "image"`, or `container = { image = "...", host = "..." }`, in `github-custom-runners`. */
function distImages(repository: Repository): ImageMention[] {
  return distTables(repository).flatMap(({ document, table }) =>
    containers(table).flatMap((node) =>
      mention(tomlSite(document, node), { by: "dist", use: "ships", runsCargo: true }),
    ),
  );
}

function containers(node: TomlNode): TomlNode[] {
  if (node.kind === "array") return node.items.flatMap(containers);
  if (node.kind !== "table") return [];
  return [...node.entries].flatMap(([key, value]) => {
    if (key !== "container") return containers(value);
    const image = value.kind === "string" ? value : entryOf(value, "image");
    return image?.kind === "string" ? [image] : [];
  });
}

function taskImages(repository: Repository): ImageMention[] {
  return repository
    .readable(TASK_FILES, (file) => regexSites(repository, file, IN_TEXT))
    .filter((site) => /:[\w.-]+$|@sha256:/.test(site.value) && !isComment(repository, site))
    .flatMap((site) => mention(site, { by: "task file", use: "develops", runsCargo: true }));
}

function isComment(repository: Repository, { location }: Site): boolean {
  if (location === undefined) return false;
  return /^\s*#(?!!)/.test(repository.text(location.file).split("\n")[location.line - 1] ?? "");
}

/** The containers and services that jobs run in. */
function workflowImages(repository: Repository, jobs: readonly CiJob[]): ImageMention[] {
  return repository.readable(WORKFLOWS, (file) => {
    const yaml = repository.yaml(file);
    return scalarPairs(yaml).flatMap(({ path: [top, id, third, ...rest], scalar }) => {
      const isContainer = third === "container" && (rest.length === 0 || rest[0] === "image");
      const isService = third === "services" && rest[1] === "image";
      const site = scalarSite(yaml, scalar);
      if (top !== "jobs" || !(isContainer || isService) || site.value.includes("${{")) return [];
      const job = jobs.find((each) => each.file === file && each.id === id);
      const use = isContainer ? (job?.purpose ?? "checks") : "checks";
      return mention(site, { by: isContainer ? "workflow" : "pipeline", use, runsCargo: isContainer });
    });
  });
}

/** The images in pipelines of other CI services and in compose files. */
function pipelineImages(repository: Repository): ImageMention[] {
  return repository.readable(OTHER_PIPELINES, (file) => {
    if (isAside(file)) return [];
    const yaml = repository.yaml(file);
    return scalarPairs(yaml)
      .filter(({ path }) => path.at(-1) === "image" || (path.at(-1) === "name" && path.at(-2) === "image"))
      .map(({ scalar }) => scalarSite(yaml, scalar))
      .filter((site) => !site.value.includes("$"))
      .flatMap((site) => mention(site, { by: "pipeline", use: "checks", runsCargo: false }));
  });
}
