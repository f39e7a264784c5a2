// Checks everything except the tests: format, lint, types, generated files, layers, dependencies, words, unused code.
import path from "node:path";
import { CommandError, runCommand } from "@release-actions/command";

const root = path.dirname(import.meta.dirname);
const bin = path.join(root, "node_modules/.bin");

const checks: readonly [name: string, command: string, args: readonly string[]][] = [
  ["format and lint", path.join(bin, "biome"), ["check", "--error-on-warnings", "."]],
  ["types", path.join(bin, "tsc"), ["-p", "."]],
  ["generated files", process.execPath, [path.join(root, "scripts/generate.ts"), "--check"]],
  [
    "layers and dependencies",
    path.join(bin, "depcruise"),
    ["--config", "dependency-rules.mjs", "actions", "packages", "scripts", "test"],
  ],
  ["words and spelling", process.execPath, [path.join(root, "scripts/words.ts")]],
  ["nothing unused", path.join(bin, "knip"), ["--no-progress", "--no-config-hints"]],
];

let failed = 0;
for (const [name, command, args] of checks) {
  try {
    await runCommand(command, args, { cwd: root });
    console.log(`ok: ${name}`);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    failed += 1;
    const output = `${error.result.stdout}${error.result.stderr}`;
    console.log(`FAILED: ${name}\n${output}${adviceFor(output)}`);
  }
}
process.exit(failed === 0 ? 0 : 1);

/** Advice that is missing in the tools' own messages. */
function adviceFor(output: string): string {
  const [, name] = /Cannot find module '(@release-actions\/[^']+)'/.exec(output) ?? [];
  if (name === undefined) return "";
  return `Next: add "${name}": "workspace:*" to the package.json beside the importing src, then \`npx pnpm install\`\n`;
}
