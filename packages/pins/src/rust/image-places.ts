import type { ImageMention } from "../detect/image-sites.ts";
import { narrowSite, placeOf, plainSite, type Site } from "../fact.ts";
import { isOfficial, promisedRust } from "../image.ts";
import { sameRelease } from "./judge.ts";
import type { RustPlace } from "./place.ts";
import { parseRelease, type Release } from "./release.ts";

/** Images whose name promises a fixed or a floating Rust release. */
export function imagePlaces(images: readonly ImageMention[]): RustPlace[] {
  return images.flatMap((mention): RustPlace[] => {
    const promised = promisedRust(mention.image);
    if (promised === undefined) return [];
    if (promised.kind === "floating") {
      const release = { kind: "floating", channel: "stable", text: mention.site.value } as const;
      return mention.by === "Dockerfile" && !mention.runsCargo
        ? []
        : [{ ...common(mention), site: mention.site, release }];
    }
    const pattern = promised.at === "inside" ? /rust-?(\d+(?:\.\d+){1,2})/ : /^[^@]*:v?(\d+(?:\.\d+){0,2})(?!\w)/;
    const site = narrowSite(mention.site, pattern);
    const release = site && parseRelease(site.value);
    return site === undefined || release === undefined ? [] : [{ ...common(mention), site, release }];
  });
}

function common({ site, use, parts }: ImageMention): Omit<RustPlace, "site" | "release"> {
  const file = site.location?.file ?? "";
  const isWorkflow = /^\.\w+\/workflows\//.test(file);
  const folder = isWorkflow || !file.includes("/") ? "." : file.slice(0, file.lastIndexOf("/"));
  const starts = parts === undefined ? {} : { starts: [...parts] };
  return { fact: "rust image", use, yieldsToFile: false, role: "only", label: "", folder, ...starts };
}

export interface Inspected {
  readonly mention: ImageMention;
  readonly place: RustPlace;
}

/** Looks up the Rust release inside images whose tag does not name one, in the configuration or a registry. */
export async function inspectImages(
  images: readonly ImageMention[],
  inspect: (image: string) => Promise<string | undefined>,
): Promise<Inspected[]> {
  const opaque = images.filter(mayHoldRust);
  const names = [...new Set(opaque.map(({ site }) => site.value))];
  const releases = new Map(await Promise.all(names.map(async (name) => [name, await inspect(name)] as const)));
  return opaque.flatMap((mention) => {
    const value = releases.get(mention.site.value);
    const release = value === undefined ? undefined : parseRelease(value);
    if (value === undefined || release === undefined) return [];
    const site: Site = plainSite({ value, location: mention.site.location });
    return [{ mention, place: { ...common(mention), fact: "rust inside image", site, release, starts: [] } }];
  });
}

const LIKELY = /rust|cargo|dev-?tools|toolchain|builder|build-?env/i;

/** Whether the name suggests that the image contains Rust. */
export function isLikelyRust(repository: string): boolean {
  return LIKELY.test(repository);
}

/** Whether cargo runs in the image, and the image ships something or has a name that suggests Rust. */
function mayHoldRust({ image, use, runsCargo }: ImageMention): boolean {
  if (promisedRust(image) !== undefined || isOfficial(image)) return false;
  return runsCargo && (use === "ships" || LIKELY.test(image.repository));
}

/** Lists build images from other repositories with a wrong or unknown Rust; no edit in this repository can change it. */
export function listElsewhere(
  images: readonly ImageMention[],
  inspected: readonly Inspected[],
  wanted: string,
): string[] {
  const groups = [...Map.groupBy(images.filter(mayHoldRust), ({ site }) => site.value)];
  const described = groups.map(([name, group]) => ({
    name: `${name} (${group.map(({ site }) => placeOf(site)).join(", ")})`,
    release: inspected.find(({ mention }) => mention.site.value === name)?.place.release,
    runsBuilds: group.some(({ by }) => by !== "Dockerfile"),
  }));
  const other = described.filter(({ release }) => release !== undefined && !isThat(release, wanted));
  const unknown = described.filter(({ release, runsBuilds }) => release === undefined && runsBuilds);
  const lines = other.map(
    ({ name, release }) => `${name} is built in another repository: it holds Rust ${release?.text}, expected ${wanted}`,
  );
  if (unknown.length === 0) return lines;
  const names = unknown.map(({ name }) => name).join(", ");
  const what = unknown.length === 1 ? "an image" : `${unknown.length} images`;
  return [
    ...lines,
    `the registry did not tell which Rust is in ${what} that builds run in, expected ${wanted}: ${names}`,
  ];
}

function isThat(release: Release, wanted: string): boolean {
  const other = parseRelease(wanted);
  return other !== undefined && sameRelease(release, other);
}
