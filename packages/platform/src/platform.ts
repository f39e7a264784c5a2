/** Where an image runs, in the terms of Go's GOOS and GOARCH (image-index.md, "platform"). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
  /** Of Windows: its images run on one version only. */
  readonly osVersion?: string | undefined;
}

/** `linux/amd64`, `linux/arm/v7`, `windows/amd64:10.0.20348.2113`. */
export function formatPlatform({ os, architecture, variant, osVersion }: Platform): string {
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])];
  return parts.join("/") + (osVersion === undefined ? "" : `:${osVersion}`);
}

/** Reads `os/architecture[/variant]` in the spellings people and engines use; undefined when it is not one. */
export function parsePlatform(text: string): Platform | undefined {
  const [, os = "", machine = "", variant] =
    /^([a-z0-9]+)\/([a-z0-9_-]+)(?:\/([a-z0-9._-]+))?$/.exec(text.trim().toLowerCase()) ?? [];
  return os === "" ? undefined : normalizePlatform({ os, architecture: machine, variant });
}

/** Names of architectures as `uname` and others say them, in Go's terms. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["armhf", "arm"],
  ["armel", "arm"],
  ["i386", "386"],
  ["i686", "386"],
]);

/** The variant each architecture has when it names none, which is the one left out here. */
const USUAL_VARIANTS: ReadonlyMap<string, string> = new Map([
  ["amd64", "v1"],
  ["arm64", "v8"],
]);

/** The one spelling of a platform, as containerd normalizes it: `arm64/v8` is `arm64`, `arm` is `arm/v7`. */
export function normalizePlatform(platform: Platform): Platform {
  const { os, osVersion } = platform;
  const architecture = ARCHITECTURES.get(platform.architecture) ?? platform.architecture;
  const said = platform.variant === "" ? undefined : platform.variant;
  const given = architecture === "arm" ? (said?.replace(/^(?=\d)/, "v") ?? "v7") : said;
  const variant = given === USUAL_VARIANTS.get(architecture) ? undefined : given;
  return {
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    ...(osVersion !== undefined && osVersion !== "" && { osVersion }),
  };
}

/** Whether two are the same platform, however they are spelled. */
export function isSamePlatform(one: Platform, other: Platform): boolean {
  return formatPlatform(normalizePlatform(one)) === formatPlatform(normalizePlatform(other));
}

/**
 * Whether an engine of one platform runs images of another as they are: of the same architecture and, among
 * its variants, of none that is newer.
 */
export function canRun(engine: Platform, image: Platform): boolean {
  const [host, guest] = [normalizePlatform(engine), normalizePlatform(image)];
  if (host.os !== guest.os || host.architecture !== guest.architecture) return false;
  if (host.osVersion !== undefined && guest.osVersion !== undefined && host.osVersion !== guest.osVersion) return false;
  if (host.variant === guest.variant) return true;
  const [level, needed] = [variantLevel(host), variantLevel(guest)];
  return level !== undefined && needed !== undefined && level >= needed;
}

/** Variants of one architecture count up (`v6`, `v7`, `v8.1`); undefined for a variant that does not. */
function variantLevel({ architecture, variant }: Platform): number | undefined {
  const text = variant ?? USUAL_VARIANTS.get(architecture) ?? "";
  return /^v\d+(\.\d+)?$/.test(text) ? Number(text.slice(1)) : undefined;
}

/** Buildkit's mark for what is not an image, such as an attestation. */
export function isUnknownPlatform({ os, architecture }: Platform): boolean {
  return os === "unknown" && architecture === "unknown";
}
