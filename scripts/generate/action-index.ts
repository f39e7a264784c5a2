import type { ActionFile } from "./action-file.ts";
import { inputTable, outputTable, section, table } from "./markdown.ts";

export interface Documented {
  readonly action: ActionFile;
  readonly readme: string;
  readonly readmeFile: string;
}

/** The text of `action-index.md`: every action with its inputs, outputs, permissions and an example. */
export function actionIndex(documented: readonly Documented[]): string {
  const overview = table(
    ["action", "does"],
    documented.map(({ action }) => [`[\`${action.name}\`](#${action.name})`, action.description]),
  );
  return [
    "<!-- Generated from actions/*/action.yml and README.md by `npm run generate`. Do not edit. -->",
    "# Actions",
    overview,
    ...documented.map(indexEntry),
    "",
  ].join("\n\n");
}

function indexEntry({ action, readme, readmeFile }: Documented): string {
  return [
    `## ${action.name}`,
    `${action.description} [README](actions/${action.name}/README.md)`,
    example(section(readme, "Usage", readmeFile), readmeFile),
    "### Inputs",
    inputTable(action),
    "### Outputs",
    outputTable(action),
    "### Permissions",
    section(readme, "Permissions", readmeFile),
  ].join("\n\n");
}

function example(usage: string, file: string): string {
  const block = /^```yaml\n[\s\S]*?\n```$/m.exec(usage)?.[0];
  if (block === undefined) throw new Error(`${file}: "## Usage" has no yaml block`);
  return block;
}
