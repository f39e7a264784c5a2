import path from "node:path";
import type { ImageMention } from "../detect/image-sites.ts";
import { narrowSite, placeOf, plainSite } from "../fact.ts";
import { type ImageLookup, isOfficial, promisedRust } from "../image.ts";
import { type RustPlace, rustPlace } from "./place.ts";
import { type Release, sameRelease } from "./release.ts";

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
    return site === undefined ? [] : rustPlace(site, common(mention));
  });
}

function common({ site, use, starts }: ImageMention): Omit<RustPlace, "site" | "release"> {
  const file = site.location?.file ?? "";
  const folder = /^\.\w+\/workflows\//.test(file) ? "." : path.posix.dirname(file);
  return { fact: "rust image", use, yieldsToFile: false, role: "only", label: "", folder, starts };
}

export interface Inspected {
  readonly mention: ImageMention;
  readonly place: RustPlace;
}

/** Looks up the Rust release inside images whose tag does not name one, in the configuration or a registry. */
export async function inspectImages(images: readonly ImageMention[], inspect: ImageLookup): Promise<Inspected[]> {
  const opaque = images.filter(mayHoldRust);
  const names = [...new Set(opaque.map(({ site }) => site.value))];
  const releases = new Map(await Promise.all(names.map(async (name) => [name, await inspect(name)] as const)));
  return opaque.flatMap((mention) => {
    const value = releases.get(mention.site.value);
    if (value === undefined) return [];
    const site = plainSite({ value, location: mention.site.location });
    const places = rustPlace(site, { ...common(mention), fact: "rust inside image", starts: [] });
    return places.map((place) => ({ mention, place }));
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
  value: string,
  wanted: Release,
): string[] {
  const groups = [...Map.groupBy(images.filter(mayHoldRust), ({ site }) => site.value)];
  const described = groups.map(([name, group]) => ({
    name: `${name} (${group.map(({ site }) => placeOf(site)).join(", ")})`,
    release: inspected.find(({ mention }) => mention.site.value === name)?.place.release,
    runsBuilds: group.some(({ by }) => by !== "Dockerfile"),
  }));
  const other = described.filter(({ release }) => release !== undefined && !sameRelease(release, wanted));
  const unknown = described.filter(({ release, runsBuilds }) => release === undefined && runsBuilds);
  const lines = other.map(
    ({ name, release }) =>
      `${name} is built in another repository: it contains Rust ${release?.text}, expected ${value}`,
  );
  if (unknown.length === 0) return lines;
  const names = unknown.map(({ name }) => name).join(", ");
  const what =
    unknown.length === 1
      ? "an image whose Rust version its registry does not reveal"
      : `${unknown.length} images whose Rust versions their registries do not reveal`;
  return [...lines, `builds run in ${what}, expected ${value}: ${names}`];
}
