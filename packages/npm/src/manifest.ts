import type { BinaryNeeds } from "./binary.ts";
import { NpmError } from "./error.ts";
import { requireLicense } from "./license.ts";
import { type NamedProduct, type Platform, platformPackageName, type WantedPlatform } from "./platform.ts";

/** The fields of a package.json. */
export type Manifest = Readonly<Record<string, unknown>>;

/** The description of a product, which all of its packages contain. */
export interface About {
  readonly description?: string | undefined;
  readonly license?: string | undefined;
  /** `https://github.com/acme/widget`. */
  readonly repository: string;
  readonly homepage?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
}

/** One program of a release, to be published to npm. */
export interface Product extends NamedProduct {
  readonly version: string;
  readonly about: About;
  /** Additional fields for the base package and the platform packages. */
  readonly fields: Manifest;
}

/** The path of the program in its package, which launchers append to the package's folder. */
export function binaryPath({ binary }: Product, { os }: Pick<Platform, "os">): string {
  return `bin/${binary}${os === "win32" ? ".exe" : ""}`;
}

/**
 * The package.json of a platform package.
 *
 * @param needs what the program needs. The package of a static program can also be installed on Android, which has a
 * Linux kernel.
 * @param template additional fields. Fields about the package itself must have the same values.
 * @throws NpmError for other values
 */
export function platformManifest(
  product: Product,
  wanted: WantedPlatform,
  { libc, glibc, isStatic }: BinaryNeeds,
  files: readonly string[],
  template: Manifest = {},
): Manifest {
  const name = platformPackageName(product, wanted);
  const own = {
    name,
    version: product.version,
    os: isStatic && libc === undefined ? [wanted.os, "android"] : [wanted.os],
    cpu: [wanted.cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
  };
  // A template has only one system (`${os}`); Android is added here.
  requireAgreement(template, { ...own, os: [wanted.os] }, "the template");
  return {
    ...{ name, version: product.version },
    description: `The ${wanted.text} build of ${product.name}`,
    ...common(glibc === undefined ? product : withGlibc(product, glibc), name, template),
    ...own,
    // Without this Yarn keeps the program inside a zip, from which it cannot be started.
    preferUnplugged: true,
    files,
  };
}

/** Adds the required glibc to the description, which people see on the package's page. */
function withGlibc(product: Product, glibc: string): Product {
  const { description = `The program of ${product.name}` } = product.about;
  return { ...product, about: { ...product.about, description: `${description} (needs glibc ${glibc} or newer)` } };
}

/** The package.json of the package that people install. */
export function baseManifest(
  product: Product,
  platforms: readonly WantedPlatform[],
  files: readonly string[],
  dependencies: Readonly<Record<string, string>> = {},
): Manifest {
  const { name, version, binary } = product;
  const launcher = `bin/${binary}.js`;
  return {
    name,
    version,
    ...common(product, name, {}),
    ...{ bin: { [binary]: launcher }, main: launcher, types: `bin/${binary}.d.ts`, files },
    engines: { node: ">=16" },
    ...(Object.keys(dependencies).length === 0 ? {} : { dependencies }),
    optionalDependencies: pinned(product, platforms),
  };
}

/** Adapts a handwritten package.json to this release. */
export function ownBaseManifest(
  product: Product,
  platforms: readonly WantedPlatform[],
  written: Manifest,
  dependencies: Readonly<Record<string, string>> = {},
): Manifest {
  const { name, version, fields, about } = product;
  requireAgreement(written, { name }, "the package.json of `base`");
  const foreign = Object.entries(Object(written["optionalDependencies"])).filter(
    ([dependency]) => !dependency.startsWith(`${name}-`),
  );
  const { scripts, ...kept } = written;
  const all = { ...Object(written["dependencies"]), ...dependencies };
  return {
    ...{ repository: repositoryField(about.repository), homepage: about.homepage },
    ...kept,
    // Only install scripts are kept, and the check refuses these later. Other scripts have no use in an installed
    // package.
    ...(scripts === undefined ? {} : { scripts: installScripts(scripts) }),
    ...fields,
    ...{ name, version, license: requireLicense(fields["license"] ?? written["license"] ?? about.license, name) },
    ...(Object.keys(all).length === 0 ? {} : { dependencies: all }),
    optionalDependencies: { ...Object.fromEntries(foreign), ...pinned(product, platforms) },
  };
}

const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"] as const;

/** The scripts that npm would run on every machine that installs the package. */
export function installScripts(scripts: unknown): Manifest {
  return Object.fromEntries(
    INSTALL_SCRIPTS.flatMap((name) => {
      const script: unknown = Object(scripts)[name];
      return script === undefined ? [] : [[name, script]];
    }),
  );
}

/** The `repository` field in npm's normalised form: `git+https://github.com/acme/widget.git`. */
function repositoryField(repository: string): Manifest {
  return { type: "git", url: `git+${repository.replace(/(\.git)?\/*$/, "")}.git` };
}

function common({ about, fields }: Product, name: string, template: Manifest): Manifest {
  const { description, homepage, keywords, repository } = about;
  const told = {
    ...(description === undefined ? {} : { description }),
    repository: repositoryField(repository),
    homepage: homepage ?? `${repository}#readme`,
    ...(keywords === undefined || keywords.length === 0 ? {} : { keywords }),
    ...template,
    ...fields,
  };
  const license = fields["license"] ?? template["license"] ?? about.license;
  return { ...told, license: requireLicense(license, name) };
}

function pinned(product: Product, platforms: readonly WantedPlatform[]): Readonly<Record<string, string>> {
  return Object.fromEntries(platforms.map((wanted) => [platformPackageName(product, wanted), product.version]).sort());
}

function requireAgreement(found: Manifest, own: Manifest, shown: string): void {
  for (const [key, value] of Object.entries(own)) {
    const told = found[key];
    if (told === undefined || JSON.stringify([told].flat()) === JSON.stringify([value].flat())) continue;
    throw new NpmError(`${shown} says \`${key}\` is ${JSON.stringify(told)}, expected ${JSON.stringify(value)}`);
  }
}
