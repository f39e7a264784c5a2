import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const SOURCE = "packages/npm/src/launcher/launcher.ts";

export const launcherFile = "packages/npm/src/launcher/launcher.gen.ts";

/** The source of a module that contains, as a string, the launcher of npm base packages: JavaScript that runs in any Node without dependencies. */
export function launcherModule(root: string): string {
  const { outputText } = ts.transpileModule(readFileSync(path.join(root, SOURCE), "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2020,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  return [
    "// Generated from launcher.ts by `npm run generate`. Do not edit.",
    `export const LAUNCHER_SOURCE: string = ${JSON.stringify(outputText)};`,
    "",
  ].join("\n");
}
