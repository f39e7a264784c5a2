/** The platform that an image runs on, with Go's names for GOOS and GOARCH (image-index.md, "platform"). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
  /** The version of Windows; a Windows image runs on one version only. */
  readonly osVersion?: string | undefined;
}

/** Formats a platform, such as `linux/amd64`, `linux/arm/v7` or `windows/amd64:10.0.20348.2113`. */
export function formatPlatform({ os, architecture, variant, osVersion }: Platform): string {
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])];
  return parts.join("/") + (osVersion === undefined ? "" : `:${osVersion}`);
}

/** Parses `os/architecture[/variant]` in the spellings that people and engines use; undefined for any other text. */
export function parsePlatform(text: string): Platform | undefined {
  const [, os = "", machine = "", variant] =
    /^([a-z0-9]+)\/([a-z0-9_-]+)(?:\/([a-z0-9._-]+))?$/.exec(text.trim().toLowerCase()) ?? [];
  return os === "" ? undefined : normalizePlatform({ os, architecture: machine, variant });
}

/** Go's names for the architecture names of `uname` and other tools. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["armhf", "arm"],
  ["armel", "arm"],
  ["i386", "386"],
  ["i686", "386"],
]);

/** The default variant of each architecture. A normalized platform omits it. */
const USUAL_VARIANTS: ReadonlyMap<string, string> = new Map([
  ["amd64", "v1"],
  ["arm64", "v8"],
]);

/** Normalizes a platform as containerd does: `arm64/v8` becomes `arm64`, `arm` becomes `arm/v7`. */
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

/** Whether two platforms are the same, even if they are spelled differently. */
export function isSamePlatform(one: Platform, other: Platform): boolean {
  return formatPlatform(normalizePlatform(one)) === formatPlatform(normalizePlatform(other));
}

/**
 * Whether an engine can run an image without emulation: the architecture must be the same, and the variant of the image
 * must not be newer than the engine's.
 */
export function canRun(engine: Platform, image: Platform): boolean {
  const [host, guest] = [normalizePlatform(engine), normalizePlatform(image)];
  if (host.os !== guest.os || host.architecture !== guest.architecture) return false;
  if (host.osVersion !== undefined && guest.osVersion !== undefined && host.osVersion !== guest.osVersion) return false;
  if (host.variant === guest.variant) return true;
  const [level, needed] = [variantLevel(host), variantLevel(guest)];
  return level !== undefined && needed !== undefined && level >= needed;
}

/** The number of a variant (`v6`, `v7`, `v8.1`), so that variants can be compared; undefined for a variant without one. */
function variantLevel({ architecture, variant }: Platform): number | undefined {
  const text = variant ?? USUAL_VARIANTS.get(architecture) ?? "";
  return /^v\d+(\.\d+)?$/.test(text) ? Number(text.slice(1)) : undefined;
}

/** Whether this is the platform with which Buildkit marks documents that are not images, such as attestations. */
export function isUnknownPlatform({ os, architecture }: Platform): boolean {
  return os === "unknown" && architecture === "unknown";
}
