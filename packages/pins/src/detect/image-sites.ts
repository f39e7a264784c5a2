import { imagesOf } from "@release-actions/dockerfile";
import { entryOf, type TomlNode, tableOf } from "@release-actions/toml";
import type { Site } from "../fact.ts";
import { type ImageName, parseImage } from "../image.ts";
import { type DigestLookup, digestsAmong, keepDigest } from "../keep-digest.ts";
import { imageSite, regexSites, tomlSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { scalarPairs, scalarSite } from "../locate/yaml-file.ts";

export interface ImageMention {
  readonly site: Site;
  readonly image: ImageName;
  readonly by: "Dockerfile" | "dist" | "justfile" | "workflow";
}

/** What helps where a registry does not tell the digest of a new tag. */
export const DIGEST_ADVICE =
  "An image with a digest is rewritten where its registry tells the new digest to anybody; else `docker buildx imagetools inspect <image>` does.";

export const DOCKERFILES = /(^|\/)(Dockerfile(\.[\w-]+)?|[\w.-]+\.[Dd]ockerfile|Containerfile)$(?<!\.dockerignore)/;
export const WORKFLOWS = /^\.github\/workflows\/[^/]+\.ya?ml$/;
const JUSTFILES = /(^|\/)(\.?justfile|Justfile|[\w-]+\.just)$/;

/** A registry's host, a path, and a tag or digest; the start of a URL or an address is none. */
const IN_TEXT =
  /(?<![\w./:@-])((?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?\/[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]*)?(?:@sha256:[0-9a-f]{64})?)(?=["'`\s]|$)/;

/** Every image the repository's build names, in the order in which one leads the others. */
export function imageMentions(repository: Repository, imageDigest: DigestLookup): ImageMention[] {
  const mentions = [
    ...dockerfileImages(repository),
    ...distImages(repository),
    ...justImages(repository),
    ...workflowImages(repository),
  ];
  const images = mentions.map(({ image }) => image);
  const lookUp = digestsAmong(images, imageDigest);
  return mentions.map((mention) => ({ ...mention, site: keepDigest(mention.site, lookUp) }));
}

function mention(site: Site, by: ImageMention["by"]): ImageMention[] {
  const image = parseImage(site.value);
  return image === undefined ? [] : [{ site: { ...site, isImage: true }, image, by }];
}

function dockerfileImages(repository: Repository): ImageMention[] {
  return repository.matching(DOCKERFILES).flatMap((file) =>
    imagesOf(repository.dockerfile(file))
      .filter(({ by }) => by !== "# syntax")
      .flatMap(({ word, location }) => mention(imageSite(word, location), "Dockerfile")),
  );
}

/** The configuration of cargo-dist, wherever it lies. */
export function distTables(repository: Repository): { readonly file: string; readonly table: TomlNode }[] {
  const places: [string, (root: TomlNode) => TomlNode | undefined][] = [
    ["dist-workspace.toml", (root) => tableOf(root, "dist")],
    ["dist.toml", (root) => tableOf(root, "dist")],
    ["Cargo.toml", (root) => tableOf(tableOf(tableOf(root, "workspace"), "metadata"), "dist")],
  ];
  return places.flatMap(([file, pick]) => {
    const table = repository.has(file) ? pick(repository.toml(file).root) : undefined;
    return table === undefined ? [] : [{ file, table }];
  });
}

/** `container = "image"`, or `container = { image = "...", host = "..." }`, of github-custom-runners. */
function distImages(repository: Repository): ImageMention[] {
  return distTables(repository).flatMap(({ file, table }) =>
    containers(table).flatMap((node) => mention(tomlSite(repository.toml(file), node), "dist")),
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

function justImages(repository: Repository): ImageMention[] {
  return repository.matching(JUSTFILES).flatMap((file) =>
    regexSites(repository, file, IN_TEXT)
      .filter((site) => /:[\w.-]+$|@sha256:/.test(site.value) && !isComment(repository, site))
      .flatMap((site) => mention(site, "justfile")),
  );
}

function isComment(repository: Repository, { location }: Site): boolean {
  if (location === undefined) return false;
  return /^\s*#(?!!)/.test(repository.text(location.file).split("\n")[location.line - 1] ?? "");
}

/** The containers and services that jobs run in. */
function workflowImages(repository: Repository): ImageMention[] {
  return repository.matching(WORKFLOWS).flatMap((file) => {
    const yaml = repository.yaml(file);
    return scalarPairs(yaml)
      .filter(({ path }) => {
        const [top, , third, ...rest] = path;
        if (top !== "jobs") return false;
        if (third === "container") return rest.length === 0 || rest[0] === "image";
        return third === "services" && rest[1] === "image";
      })
      .map(({ scalar }) => scalarSite(yaml, scalar))
      .filter((site) => !site.value.includes("${{"))
      .flatMap((site) => mention(site, "workflow"));
  });
}
