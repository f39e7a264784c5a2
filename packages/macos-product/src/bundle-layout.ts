import path from "node:path";

/**
 * Extensions of Apple's kinds of bundles and of the plug-ins that are built like them (audio plug-ins, panes,
 * importers, system extensions).
 */
export const BUNDLE_EXTENSIONS: readonly string[] = [
  ...[".app", ".framework", ".bundle", ".plugin", ".kext", ".xpc", ".appex", ".systemextension", ".dext", ".driver"],
  ...[".component", ".vst", ".vst3", ".clap", ".aaxplugin", ".audiounit", ".prefPane", ".saver", ".service", ".action"],
  ...[".qlgenerator", ".mdimporter", ".osax", ".colorPicker", ".wdgt", ".xctest", ".xcframework", ".spreporter"],
];

const BUNDLE_FILES: readonly string[] = ["Info.plist", "CodeResources", "embedded.provisionprofile"];

/** Whether a file is one that a bundle's seal is checked by. */
export function isBundleFile(file: string): boolean {
  return BUNDLE_FILES.includes(path.posix.basename(file));
}

/** Where a bundle keeps what its program's signature covers, told from where the program lies. */
export interface BundlePlace {
  /** The bundle as people see it: `Tool.app`. */
  readonly name: string;
  /** Path of the folder with `_CodeSignature`. */
  readonly base: string;
  /** Where `Info.plist` may be. */
  readonly infoPlists: readonly string[];
}

/**
 * The bundle that a program is (or may be) the main program of, by Apple's layouts ("Placing content in a bundle"):
 * `X.app/Contents/MacOS/x`, `X.framework/Versions/A/x`, or flat as on iOS, `X.framework/x`.
 */
export function bundleOf(file: string): BundlePlace | undefined {
  const folder = path.posix.dirname(file);
  const inContents = /^(?:(.*)\/)?Contents\/MacOS$/.exec(folder);
  if (inContents !== null) {
    const [, root = ""] = inContents;
    return placeOf(root, `${root === "" ? "" : `${root}/`}Contents`);
  }
  const versioned = /^(.*\.framework)\/Versions\/[^/]+$/.exec(folder);
  if (versioned !== null) return placeOf(versioned[1] ?? folder, folder);
  const isBundle = BUNDLE_EXTENSIONS.some((extension) => folder.toLowerCase().endsWith(extension.toLowerCase()));
  return isBundle ? placeOf(folder, folder) : undefined;
}

function placeOf(name: string, base: string): BundlePlace {
  return { name, base, infoPlists: [`${base}/Info.plist`, `${base}/Resources/Info.plist`] };
}

/** The program that a bundle is named after, without the `Info.plist` that would say it. */
export function isNamesake(file: string, { name }: BundlePlace): boolean {
  const bundle = path.posix.basename(name);
  return path.posix.basename(file) === bundle.slice(0, bundle.length - path.posix.extname(bundle).length);
}
