import { isDeepStrictEqual } from "node:util";
import {
  bestCodeDirectory,
  type Entitlements,
  hasFlag,
  type ImageReport,
  SIGNATURE_FLAGS,
  type SignatureFlag,
} from "@release-actions/macho";

/** What the inputs require of a signature. */
interface Wanted {
  readonly identifier: string;
  /** As `codesign --options` names them. */
  readonly options: readonly string[];
  /** Undefined when the signature should have none. */
  readonly entitlements: Entitlements | undefined;
}

/** `codesign --options library` sets the flag that `codesign -d` calls library-validation. */
const FLAG_NAMES: Readonly<Record<string, string>> = { library: "library-validation" };

/** One line for each requirement that a signed file does not meet. */
export function missingOf(images: readonly ImageReport[], wanted: Wanted): string[] {
  return images.flatMap(({ image, signature }) => {
    if (signature === undefined) return [];
    const directory = bestCodeDirectory(signature);
    const lines: string[] = [];
    if (directory.identifier !== wanted.identifier)
      lines.push(`it has the identifier ${directory.identifier}, expected ${wanted.identifier}`);
    for (const option of wanted.options) {
      const flag = FLAG_NAMES[option] ?? option;
      if (isFlag(flag) && !hasFlag(directory, flag)) lines.push(`it lacks the option ${option}`);
    }
    const { xml } = signature.entitlements;
    if (wanted.entitlements === undefined && xml !== undefined && xml.size > 0)
      lines.push(`it has entitlements that were not requested: ${[...xml.keys()].sort().join(", ")}`);
    if (wanted.entitlements !== undefined && !isDeepStrictEqual(xml, wanted.entitlements))
      lines.push("its entitlements differ from the file in the input `entitlements`");
    return lines.map((line) => `${image.architecture}: ${line}`);
  });
}

function isFlag(name: string): name is SignatureFlag {
  return Object.hasOwn(SIGNATURE_FLAGS, name);
}
