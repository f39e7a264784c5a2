import { NpmError } from "./error.ts";
import { requirePackageName } from "./name.ts";

export type Libc = "glibc" | "musl";

/** A platform, named as in Node's `process.platform` and `process.arch`. */
export interface Platform {
  readonly os: string;
  readonly cpu: string;
  /** The C library that the target or the input names; only set for Linux. */
  readonly libc: Libc | undefined;
}

const CPUS: Readonly<Record<string, string>> = {
  x86_64: "x64",
  aarch64: "arm64",
  arm64ec: "arm64",
  i586: "ia32",
  i686: "ia32",
  arm: "arm",
  armv7: "arm",
  powerpc64le: "ppc64",
  riscv64gc: "riscv64",
  loongarch64: "loong64",
  s390x: "s390x",
};

/** The platform that a Rust target triple builds for (rustc book, "Platform Support"); undefined when Node has no name for it. */
export function platformOfTarget(triple: string): Platform | undefined {
  const [, architecture = "", system = ""] = /^([^-]+)-[^-]+-(.+)$/.exec(triple) ?? [];
  const cpu = CPUS[architecture];
  if (cpu === undefined) return undefined;
  const [, os, libc] = SYSTEM_NAMES.find(([pattern]) => pattern.test(system)) ?? [];
  return os === undefined ? undefined : { os, cpu, libc };
}

const SYSTEM_NAMES: readonly (readonly [pattern: RegExp, os: string, libc?: Libc])[] = [
  [/^darwin$/, "darwin"],
  [/^windows-(msvc|gnu|gnullvm)$/, "win32"],
  [/^linux-gnu/, "linux", "glibc"],
  [/^linux-musl/, "linux", "musl"],
  [/^(linux-)?android(eabi)?$/, "android"],
  [/^freebsd$/, "freebsd"],
];

/** A line of the input `platforms`: `linux-x64`, or `linux-x64-musl` to accept that C library only. */
export interface WantedPlatform extends Platform {
  readonly text: string;
}

/** Parses a line of the input `platforms`. @throws NpmError when it is not `<os>-<cpu>` or `<os>-<cpu>-<libc>` */
export function parseWantedPlatform(text: string): WantedPlatform {
  const [, os, cpu, libc] = /^(linux|darwin|win32|freebsd|android)-([a-z0-9]+)(?:-(glibc|musl))?$/.exec(text) ?? [];
  const isKnown = cpu !== undefined && Object.values(CPUS).includes(cpu);
  if (os === undefined || !isKnown || (libc !== undefined && os !== "linux")) {
    throw new NpmError(
      `the input \`platforms\` has ${JSON.stringify(text)}, expected <os>-<cpu> with Node's names, such as linux-x64, darwin-arm64, win32-x64 or linux-x64-musl`,
    );
  }
  // The regular expression matches only the two values of `Libc`.
  return { text, os, cpu, libc: libc as Libc | undefined };
}

/**
 * Chooses the target for a platform among those that were built. When the platform names no C library, glibc is
 * preferred and musl is second, because a static binary runs on every Linux.
 */
export function targetFor(wanted: WantedPlatform, targets: readonly string[]): string | undefined {
  const fitting = targets.flatMap((target) => {
    const platform = platformOfTarget(target);
    if (platform?.os !== wanted.os || platform.cpu !== wanted.cpu) return [];
    if (wanted.libc !== undefined && platform.libc !== wanted.libc) return [];
    return [{ target, isMusl: platform.libc === "musl" }];
  });
  return (fitting.find(({ isMusl }) => !isMusl) ?? fitting[0])?.target;
}

const SYSTEMS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["apple-darwin"],
  win32: ["pc-windows-msvc", "pc-windows-gnu", "pc-windows-gnullvm"],
  linux: ["gnu", "musl", "gnueabi", "gnueabihf", "musleabi", "musleabihf"].map((abi) => `unknown-linux-${abi}`),
  android: ["linux-android", "linux-androideabi"],
  freebsd: ["unknown-freebsd"],
};

/** All names that a Rust target for the platform can have, built or not (rustc book, "Platform Support"). */
export function targetsOfPlatform(wanted: WantedPlatform): readonly string[] {
  const architectures = Object.keys(CPUS).filter((architecture) => CPUS[architecture] === wanted.cpu);
  const names = architectures.flatMap((architecture) =>
    (SYSTEMS[wanted.os] ?? []).map((system) => `${architecture}-${system}`),
  );
  return names.filter((name) => targetFor(wanted, [name]) !== undefined);
}

/** The default template for the names of platform packages. */
export const DEFAULT_PLATFORM_NAME = "${name}-${platform}";

/** The values that package names are built from. */
export interface NamedProduct {
  /** The base package. */
  readonly name: string;
  readonly binary: string;
  /** The template for the names of the platform packages; undefined means `DEFAULT_PLATFORM_NAME`. */
  readonly platformName?: string | undefined;
}

/**
 * The name of one platform's package. The template may use `${name}` (the base package with its scope), `${scope}` (`@acme`),
 * `${base}` (the name without the scope), `${binary}`, `${platform}` (`linux-x64-musl`, as in the input `platforms`), `${os}`, `${cpu}` and `${libc}`.
 *
 * @throws NpmError when the template has another placeholder, or npm does not accept the resulting name.
 */
export function platformPackageName({ name, binary, platformName }: NamedProduct, wanted: WantedPlatform): string {
  const { text, os, cpu, libc = "" } = wanted;
  const [, scope = "", base = ""] = /^(?:(@[^/]+)\/)?(.+)$/.exec(name) ?? [];
  const values: Readonly<Record<string, string>> = { name, scope, base, binary, platform: text, os, cpu, libc };
  const filled = fillPlaceholders(platformName ?? DEFAULT_PLATFORM_NAME, values, "the input `platform-name`");
  // For a package without a scope, the template `${scope}/…` leaves a slash at the start.
  return requirePackageName(filled.replace(/^\//, ""));
}

/** Replaces every `${name}` in a text by its value. @throws NpmError for a name without one */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>, shown: string): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, key: string) => {
    const value = values[key];
    if (value !== undefined) return value;
    throw new NpmError(`${shown} has ${whole}, expected one of ${Object.keys(values).join(", ")}`);
  });
}
