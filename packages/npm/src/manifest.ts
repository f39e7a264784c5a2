import type { BinaryNeeds } from "./binary.ts";
import { NpmError } from "./error.ts";
import { requireLicense } from "./license.ts";
import { type NamedProduct, type Platform, platformPackageName, type WantedPlatform } from "./platform.ts";

/** The fields of a package.json. */
export type Manifest = Readonly<Record<string, unknown>>;

/** What every package of a product says about it. */
export interface About {
  readonly description?: string | undefined;
  readonly license?: string | undefined;
  /** `https://github.com/acme/widget`. */
  readonly repository: string;
  readonly homepage?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
}

/** One program of a release, as npm gets it. */
export interface Product extends NamedProduct {
  readonly version: string;
  readonly about: About;
  /** Extra fields of both kinds of packages. */
  readonly fields: Manifest;
}

/** Where a package keeps its program: what launchers join to the package's folder. */
export function binaryPath({ binary }: Product, { os }: Pick<Platform, "os">): string {
  return `bin/${binary}${os === "win32" ? ".exe" : ""}`;
}

/**
 * The package.json of one platform.
 *
 * @param needs what the program needs. A static program is also installed on Android, which has a Linux kernel.
 * @param template more fields; what it says of the package itself must agree.
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
  // A template tells one system, `${os}`; that Android is another is ours.
  requireAgreement(template, { ...own, os: [wanted.os] }, "the template");
  return {
    ...{ name, version: product.version },
    description: `The ${wanted.text} build of ${product.name}`,
    ...common(glibc === undefined ? product : withGlibc(product, glibc), name, template),
    ...own,
    // Without it Yarn keeps the program inside of a zip, from which no system starts anything.
    preferUnplugged: true,
    files,
  };
}

/** The package's page says which systems are too old for it. */
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
    ...{ name, version },
    ...common(product, name, {}),
    ...{ bin: { [binary]: launcher }, main: launcher, types: `bin/${binary}.d.ts`, files },
    engines: { node: ">=16" },
    ...(Object.keys(dependencies).length === 0 ? {} : { dependencies }),
    optionalDependencies: pinned(product, platforms),
  };
}

/** A package.json that somebody wrote, made that of this release. */
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
    // What prepares the package at home has no meaning where it is installed; what runs there is refused by the check.
    ...(scripts === undefined ? {} : { scripts: installScripts(scripts) }),
    ...fields,
    ...{ name, version, license: requireLicense(fields["license"] ?? written["license"] ?? about.license, name) },
    ...(Object.keys(all).length === 0 ? {} : { dependencies: all }),
    optionalDependencies: { ...Object.fromEntries(foreign), ...pinned(product, platforms) },
  };
}

const INSTALL_SCRIPTS = ["preinstall", "install", "postinstall"] as const;

/** Those that npm would run on every machine that installs the package. */
export function installScripts(scripts: unknown): Manifest {
  return Object.fromEntries(
    INSTALL_SCRIPTS.flatMap((name) => {
      const script: unknown = Object(scripts)[name];
      return script === undefined ? [] : [[name, script]];
    }),
  );
}

/** `git+https://github.com/acme/widget.git`, in the form npm would correct it to. */
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
