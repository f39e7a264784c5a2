import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transform } from "esbuild";

/**
 * Minifies every script in a bundle's folder, which takes esbuild a fraction of the time of ncc's own way. Legal
 * comments go: licenses.txt beside the bundle has the licences whole.
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
