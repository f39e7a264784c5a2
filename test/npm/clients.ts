import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);

/** The real clients, each at the version that test/package.json pins, by the file that Node starts. */
export const CLIENTS = {
  /** npm 12. The runner images of autumn 2026 have npm 11. */
  npm: clientFile("npm", "bin/npm-cli.js"),
  npm11: clientFile("npm-11", "bin/npm-cli.js"),
  npx: clientFile("npm", "bin/npx-cli.js"),
  pnpm: clientFile("pnpm", "bin/pnpm.mjs"),
  yarn: clientFile("yarn", "bin/yarn.js"),
  berry: clientFile("@yarnpkg/cli-dist", "bin/yarn.js"),
} as const;

function clientFile(name: string, file: string): string {
  return path.join(path.dirname(require.resolve(`${name}/package.json`)), file);
}
