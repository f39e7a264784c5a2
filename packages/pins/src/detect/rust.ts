import { parseToolchainFile, type Workspace } from "@release-actions/cargo";
import { imagesOf } from "@release-actions/dockerfile";
import { entryOf, type TomlDocument, tableOf } from "@release-actions/toml";
import { type Fact, narrowSite, placeOf, plainSite, type Relation, type Site } from "../fact.ts";
import { isOfficial, parseImage, promisedRust } from "../image.ts";
import { regexSites, tomlSite, wordSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { scalarPairs, scalarSite } from "../locate/yaml-file.ts";
import { parseVersion } from "../version.ts";
import type { Detected, DetectOptions } from "./detected.ts";
import { DIGEST_ADVICE, DOCKERFILES, distTables, type ImageMention, imageMentions, WORKFLOWS } from "./image-sites.ts";

const VARIABLES = ["RUST_VERSION", "RUST_TOOLCHAIN", "RUSTUP_TOOLCHAIN"];

/** The toolchain file leads; whatever else names a Rust release follows it. */
export async function detectRust(
  { repository, inspectImage, imageDigest }: DetectOptions,
  workspace: Workspace | undefined,
): Promise<Detected> {
  const toolchain = toolchainSite(repository);
  const images = imageMentions(repository, imageDigest);
  const inside = await insideImages(images, inspectImage);
  const named = [
    fact("workflow toolchain", workflowToolchains(repository)),
    fact("Dockerfile toolchain", dockerfileVariables(repository)),
  ];
  const versions = [
    fact("rust-version", workspace === undefined ? [] : rustVersions(workspace)),
    fact("dist rust-toolchain-version", distToolchain(repository)),
    fact("rust image", rustImages(images)),
    fact(
      "rust inside image",
      inside.map(({ site }) => site),
    ),
  ];
  const isVersion = toolchain !== undefined && parseVersion(toolchain.value) !== undefined;
  const followers = [...named, ...(isVersion ? versions : [])].map(({ name }) => name);
  const advice = images.some(({ image }) => image.digest !== undefined) ? { advice: DIGEST_ADVICE } : {};
  const relations: Relation[] = [{ name: "rust", kind: "equal", leader: "toolchain", followers, ...advice }];
  if (!isVersion)
    relations.push({
      name: "pinned",
      kind: "pinned",
      leader: undefined,
      followers: ["toolchain"],
      severity: "warning",
    });
  return {
    facts: [fact("toolchain", toolchain === undefined ? [] : [toolchain]), ...named, ...versions],
    relations,
    elsewhere: isVersion ? builtElsewhere(images, inside, toolchain) : [],
  };
}

function fact(name: string, sites: readonly Site[]): Fact {
  return { name, sites };
}

function toolchainSite(repository: Repository): Site | undefined {
  const file = ["rust-toolchain", "rust-toolchain.toml"].find((name) => repository.has(name));
  if (file === undefined) return undefined;
  const channel = parseToolchainFile(repository.text(file), file);
  if (channel === undefined) return undefined;
  // The old form is the bare channel, which no TOML parser reads.
  const bare = regexSites(repository, file, /^([\w.-]+)\s*$/)[0];
  if (bare?.value === channel.channel) return bare;
  const document = repository.toml(file);
  const node = entryOf(tableOf(document.root, "toolchain"), "channel");
  return node === undefined ? undefined : tomlSite(document, node);
}

function rustVersions({ manifest, crates }: Workspace): Site[] {
  const inherited = entryOf(tableOf(tableOf(manifest.root, "workspace"), "package"), "rust-version");
  const own = crates.flatMap((crate) => stringSite(crate.manifest, tableOf(crate.manifest.root, "package")));
  return [...(inherited === undefined ? [] : [tomlSite(manifest, inherited)]), ...own];
}

function stringSite(document: TomlDocument, table: ReturnType<typeof tableOf>): Site[] {
  const node = entryOf(table, "rust-version");
  return node?.kind === "string" ? [tomlSite(document, node)] : [];
}

function distToolchain(repository: Repository): Site[] {
  return distTables(repository).flatMap(({ file, table }) => {
    const node = entryOf(table, "rust-toolchain-version");
    return node === undefined ? [] : [tomlSite(repository.toml(file), node)];
  });
}

function workflowToolchains(repository: Repository): Site[] {
  return repository.matching(WORKFLOWS).flatMap((file) => {
    const yaml = repository.yaml(file);
    return scalarPairs(yaml)
      .filter(
        ({ path }) => path.at(-2) === "env" && (path.at(-1) === "RUST_TOOLCHAIN" || path.at(-1) === "RUSTUP_TOOLCHAIN"),
      )
      .map(({ scalar }) => scalarSite(yaml, scalar))
      .filter((site) => !site.value.includes("${{"));
  });
}

/** ARG and ENV of these names; those of an inherited stage count once. */
function dockerfileVariables(repository: Repository): Site[] {
  return repository.matching(DOCKERFILES).flatMap((file) => {
    const { args, stages } = repository.dockerfile(file);
    const scopes = [args, ...stages.flatMap((stage) => [stage.args, stage.env])];
    const variables = scopes.flatMap((scope) => VARIABLES.flatMap((name) => scope.get(name) ?? []));
    const digested = partsOfDigestedImages(repository, file);
    const unique = new Map(
      variables.map((variable) => [`${variable.location.line}:${variable.location.column}`, variable]),
    );
    return [...unique.values()]
      .filter(({ word }) => word.value !== "")
      .map(({ word, location }) => {
        const isPart = word.parts.some(({ start }) => start !== undefined && digested.has(start));
        return isPart ? plainSite({ value: word.value, location }) : wordSite(word, location);
      });
  });
}

/** Where the pieces stand that images with a digest are put together from: such an image is rewritten as a whole. */
function partsOfDigestedImages(repository: Repository, file: string): ReadonlySet<number | undefined> {
  const images = imagesOf(repository.dockerfile(file)).filter(({ word }) => parseImage(word.value)?.digest);
  return new Set(images.flatMap(({ word }) => word.parts.map(({ start }) => start)));
}

function rustImages(images: readonly ImageMention[]): Site[] {
  return images.flatMap(({ site, image }) => {
    const promised = promisedRust(image);
    if (promised === undefined) return [];
    const pattern = promised.at === "inside" ? /rust-?(\d+(?:\.\d+){1,2})/ : /^[^@]*:v?(\d+(?:\.\d+){0,2})(?!\w)/;
    const narrowed = narrowSite(site, pattern);
    return narrowed === undefined ? [] : [narrowed];
  });
}

interface Inspected {
  readonly mention: ImageMention;
  readonly site: Site;
}

/** The Rust release inside images whose tag does not tell, where a registry or the configuration does. */
async function insideImages(
  images: readonly ImageMention[],
  inspect: DetectOptions["inspectImage"],
): Promise<Inspected[]> {
  const opaque = images.filter(({ image }) => promisedRust(image) === undefined && !isOfficial(image));
  const names = [...new Set(opaque.map(({ site }) => site.value))];
  const releases = new Map(await Promise.all(names.map(async (name) => [name, await inspect(name)] as const)));
  return opaque.flatMap((mention) => {
    const release = releases.get(mention.site.value);
    return release === undefined
      ? []
      : [{ mention, site: plainSite({ value: release, location: mention.site.location }) }];
  });
}

/** Images that builds run in and that another repository makes: no edit here can put a new Rust into them. */
function builtElsewhere(images: readonly ImageMention[], inside: readonly Inspected[], toolchain: Site): string[] {
  const groups = Map.groupBy(
    images.filter(({ image }) => promisedRust(image) === undefined && !isOfficial(image)),
    ({ site }) => site.value,
  );
  return [...groups].flatMap(([name, group]) => {
    const runsBuilds = group.some(({ by }) => by !== "Dockerfile");
    const release = inside.find(({ mention }) => mention.site.value === name)?.site.value;
    if (!runsBuilds && release === undefined) return [];
    if (release === toolchain.value) return [];
    const holds = release === undefined ? "what Rust it holds could not be read" : `it holds Rust ${release}`;
    const places = group.map(({ site }) => placeOf(site)).join(", ");
    return [`${name} (${places}) is built in another repository: ${holds}, needed is ${toolchain.value}`];
  });
}
