import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transform } from "esbuild";

/**
 * Minifies every script in a bundle's folder with esbuild, which is much faster than ncc's own minification. Legal comments
 * are removed: licenses.txt beside the bundle has the full licences.
 */
export async function minifyScripts(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((file) => /\.[cm]?js$/.test(file))) {
    const file = path.join(folder, name);
    const { code } = await transform(readFileSync(file, "utf8"), {
      minify: true,
      legalComments: "none",
      charset: "utf8",
      target: "node24",
    });
    writeFileSync(file, code);
  }
}
