// Generates files from the action.yml files (typed inputs, README tables, action-index.md), the npm launcher, and the
// column of test/faults.md that names the tests of each row.
// With --check it writes nothing and fails if a file is outdated.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readActions } from "./generate/action-file.ts";
import { actionIndex, type Documented } from "./generate/action-index.ts";
import { contractModule } from "./generate/contract-module.ts";
import { citedFaults, faultList } from "./generate/fault-list.ts";
import { launcherFile, launcherModule } from "./generate/launcher-module.ts";
import { inputTable, outputTable, replaceFirstParagraph, replaceMarked, section, table } from "./generate/markdown.ts";
import { readWorkflowDocs, workflowIndex } from "./generate/workflow-index.ts";
import { repositoryIn } from "./repository-name.ts";

const root = path.dirname(import.meta.dirname);
const check = process.argv.includes("--check");

const files = generatedFiles(repositoryIn(root));
const stale = files.filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
for (const [file, text] of stale) {
  console.log(`${check ? "stale" : "wrote"}: ${path.relative(root, file)}`);
  if (!check) writeFileSync(file, text);
}
if (check && stale.length > 0) {
  console.error("Generated files do not match their sources: run `npm run generate` and commit.");
  process.exit(1);
}
console.log(`generate: ${files.length} files ${check ? "checked" : "up to date"}`);

function generatedFiles(repository: string): [file: string, text: string][] {
  const found: [string, string][] = [];
  const documented: Documented[] = [];
  for (const action of readActions(root)) {
    const readmeFile = path.join(action.folder, "README.md");
    let readme = readFileSync(readmeFile, "utf8");
    readme = replaceFirstParagraph(readme, action.description, readmeFile);
    readme = replaceMarked(readme, "inputs", inputTable(action), readmeFile);
    readme = replaceMarked(readme, "outputs", outputTable(action), readmeFile);
    const uses = `uses: ${repository}/${action.name}@v`;
    if (!section(readme, "Usage", readmeFile).includes(uses))
      throw new Error(
        `${readmeFile}: no "${uses}..." in "## Usage". After a change of \`repository\`: npm run rename -- ${repository} --from <old>`,
      );
    found.push([readmeFile, readme]);
    if (action.using !== "composite")
      found.push([path.join(action.folder, "src/action.gen.ts"), contractModule(action)]);
    documented.push({ action, readme, readmeFile });
  }
  found.push([path.join(root, launcherFile), launcherModule(root)]);
  const faults = path.join(root, "test/faults.md");
  found.push([faults, faultList(readFileSync(faults, "utf8"), citedFaults(root))]);
  const workflows = workflowIndex(readWorkflowDocs(root), repository);
  found.push([path.join(root, "action-index.md"), `${actionIndex(documented)}${workflows}\n`]);
  const readmeFile = path.join(root, "README.md");
  const overview = table(
    ["action", "does"],
    documented.map(({ action }) => [`[\`${action.name}\`](actions/${action.name}/README.md)`, action.description]),
  );
  found.push([readmeFile, replaceMarked(readFileSync(readmeFile, "utf8"), "actions", overview, readmeFile)]);
  return found;
}
