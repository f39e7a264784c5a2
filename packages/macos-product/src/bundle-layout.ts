import path from "node:path";

/**
 * File extensions of Apple's kinds of bundles and of plug-ins with the same layout (audio plug-ins, preference panes,
 * importers, system extensions).
 */
export const BUNDLE_EXTENSIONS: readonly string[] = [
  ...[".app", ".framework", ".bundle", ".plugin", ".kext", ".xpc", ".appex", ".systemextension", ".dext", ".driver"],
  ...[".component", ".vst", ".vst3", ".clap", ".aaxplugin", ".audiounit", ".prefPane", ".saver", ".service", ".action"],
  ...[".qlgenerator", ".mdimporter", ".osax", ".colorPicker", ".wdgt", ".xctest", ".xcframework", ".spreporter"],
];

const BUNDLE_FILES: readonly string[] = ["Info.plist", "CodeResources", "embedded.provisionprofile"];

/** Whether a file is needed to check the seal of a bundle. */
export function isBundleFile(file: string): boolean {
  return BUNDLE_FILES.includes(path.posix.basename(file));
}

/** The paths of the parts of a bundle that its program's signature covers. */
export interface BundlePlace {
  /** The path of the bundle: `Tool.app`. */
  readonly name: string;
  /** The path of the folder with `_CodeSignature`. */
  readonly base: string;
  /** The possible paths of `Info.plist`. */
  readonly infoPlists: readonly string[];
}

/**
 * The bundle whose main program this may be, by Apple's layouts ("Placing content in a bundle"):
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

/** Whether a program has the name of the bundle, which makes it the main program if no `Info.plist` names one. */
export function isNamesake(file: string, { name }: BundlePlace): boolean {
  const bundle = path.posix.basename(name);
  return path.posix.basename(file) === bundle.slice(0, bundle.length - path.posix.extname(bundle).length);
}
