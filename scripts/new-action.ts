// Creates an action: `npm run new-action -- check-digest` writes its folder, tests, documentation and first
// changeset, adds it to the workspace, and generates the files that depend on its action.yml.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CommandError, runCommand } from "@release-actions/command";
import { newActionFiles } from "./new-action/templates.ts";

const root = path.dirname(import.meta.dirname);
const [name = "", ...rest] = process.argv.slice(2);

if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(name) || rest.length > 0) {
  fail(`"${name}" is not a valid name for an action: write a verb and a noun in kebab-case, such as check-digest`);
}
const { repository, packageManager } = readManifest();
const files = Object.entries(newActionFiles({ name, repository }));
const [taken] = [`actions/${name}`, ...files.map(([file]) => file)].filter((file) => existsSync(path.join(root, file)));
if (taken !== undefined) fail(`${taken} exists already`);

for (const [file, text] of files) {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
  console.log(`wrote: ${file}`);
}
try {
  // The lock file must contain the new folder, because a frozen install refuses folders that it does not name.
  await runCommand("npx", ["--yes", packageManager, "install", "--no-frozen-lockfile", "--prefer-offline"], {
    cwd: root,
    env: { ...process.env, CI: undefined },
  });
  const generated = await runCommand(process.execPath, [path.join(root, "scripts/generate.ts")], { cwd: root });
  process.stdout.write(generated.stdout);
  await runCommand(path.join(root, "node_modules/.bin/biome"), ["check", "--write", `actions/${name}`, "test"], {
    cwd: root,
  });
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  fail(error.message);
}
console.log(`Next: describe it in actions/${name}/action.yml and README.md, then \`npm run generate\`
      declare the packages that it imports in actions/${name}/package.json, then \`npx pnpm install\`
      test it: \`npm test -- unit ${name}\`, \`npm run build -- ${name}\`, \`npm test -- integration ${name}\`
      check everything else: \`npm run check\``);

function readManifest(): { repository: string; packageManager: string } {
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const { repository, packageManager } = Object(manifest);
  if (typeof repository === "string" && typeof packageManager === "string") return { repository, packageManager };
  return fail('package.json must have a "repository" and a "packageManager"');
}

function fail(message: string): never {
  console.error(`new-action: ${message}`);
  process.exit(1);
}
