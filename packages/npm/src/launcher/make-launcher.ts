import type { BinaryNeeds } from "../binary.ts";
import type { Product } from "../manifest.ts";
import { platformPackageName, type WantedPlatform } from "../platform.ts";
import { LAUNCHER_SOURCE } from "./launcher.gen.ts";

/** The text of the launcher to which `bin` of a base package points. It is executable and has no dependencies. */
export function makeLauncher(
  product: Product,
  platforms: readonly { readonly wanted: WantedPlatform; readonly needs: BinaryNeeds }[],
): string {
  const settings = {
    name: product.binary,
    binary: product.binary,
    override: overrideVariable(product.binary),
    platforms: platforms.map(({ wanted, needs: { libc, glibc, isStatic } }) => ({
      os: wanted.os,
      cpu: wanted.cpu,
      ...(libc === undefined ? {} : { libc }),
      ...(glibc === undefined ? {} : { glibc }),
      ...(isStatic ? { isStatic } : {}),
      package: platformPackageName(product, wanted),
    })),
  };
  // The shebang must be the first line, and `"use strict"` must stay the first statement.
  return `#!/usr/bin/env node\n${LAUNCHER_SOURCE.replace('"use strict";\n', () => `"use strict";\nconst LAUNCHER = ${JSON.stringify(settings, undefined, 2)};\n`)}`;
}

/** The type declarations of the launcher, for programs that import the package. */
export const LAUNCHER_TYPES =
  "/** The path of the program for this machine. Throws when the package that holds it is not installed. */\n" +
  "export declare function findBinary(): string;\n";

/** The environment variable that names another program: `WIDGET_SERVER_BINARY` for `widget-server`. */
export function overrideVariable(binary: string): string {
  return `${binary
    .replace(/\W+/g, "_")
    .replace(/^(?=\d)/, "_")
    .toUpperCase()}_BINARY`;
}
