import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { conditionOf, parseYaml, type Step, type YamlNode } from "@release-actions/workflow";
import type { RepositoryFile } from "../repository-files.ts";
import { type Finding, findingAt } from "./finding.ts";
import { checkStepOutputs } from "./step-outputs.ts";
import { checkUses, type Known } from "./uses.ts";
import { checkScript } from "./workflow-policy.ts";

/** The rules for our actions beyond those of GitHub's parser: every declared input is read and every output is set. */
export function checkAction({ file, text }: RepositoryFile, root: string, known: Known): Finding[] {
  const action = parseYaml(text, file);
  const runs = action.get("runs");
  if (runs.get("using").text === "composite") return checkComposite(action, text, known);
  if (runs.get("using").text !== "node24") return [findingAt(runs, "an action runs on node24")];
  return checkProgram(action, sourcesOf(path.join(root, path.dirname(file))));
}

/** Finds inputs that no line reads, and outputs that no line sets. Undeclared ones are type errors. */
export function checkProgram(action: YamlNode, source: string): Finding[] {
  const reads = (name: string): boolean => new RegExp(`["'\`]${name}["'\`]|(?<![\\w-])${name}(?![\\w-])`).test(source);
  const isDynamic = /setOutput\(\s*[^"\s]/.test(source);
  const sets = (name: string): boolean =>
    new RegExp(`setOutput\\(\\s*"${name}"`).test(source) || (isDynamic && reads(name));
  return [
    ...action
      .get("inputs")
      .entries()
      .filter(([name]) => !reads(name))
      .map(([name, node]) => findingAt(node, `input ${name} is never read`)),
    ...action
      .get("outputs")
      .entries()
      .filter(([name]) => !sets(name))
      .map(([name, node]) => findingAt(node, `output ${name} is never set`)),
  ];
}

function checkComposite(action: YamlNode, text: string, known: Known): Finding[] {
  const steps = action.get("runs").get("steps").items().map(stepOf);
  const expressions = JSON.stringify(action.get("runs").value);
  const read = new Set([...expressions.matchAll(/\binputs\.([\w-]+)/g)].map(([, name = ""]) => name));
  const declared = action.get("inputs").entries();
  return [
    ...[...read]
      .filter((name) => !declared.some(([key]) => key === name))
      .map((name) => findingAt(action, `input ${name} is read and not declared`)),
    ...declared
      .filter(([name]) => !read.has(name))
      .map(([name, node]) => findingAt(node, `input ${name} is never read`)),
    ...action
      .get("outputs")
      .entries()
      .filter(([, node]) => !node.get("value").isPresent)
      .map(([name, node]) => findingAt(node, `output ${name} is never set`)),
    ...checkStepOutputs(action, steps, known),
    ...steps.flatMap(({ node }) => [...checkUses(node, text, known), ...checkScript(node)]),
  ];
}

/** A step of a composite action, where GitHub does not allow background steps. */
function stepOf(node: YamlNode): Step {
  return {
    id: node.get("id").text,
    background: false,
    waits: undefined,
    cancels: undefined,
    condition: conditionOf(node.get("if")),
    uses: node.get("uses").text,
    run: node.get("run").text,
    shell: node.get("shell").text,
    location: node.location,
    node,
  };
}

/** The sources of an action's program, without tests and without code that is generated from action.yml. */
function sourcesOf(folder: string): string {
  return globSync("src/**/*.ts", { cwd: folder })
    .filter((file) => !/\.(gen|test)\.ts$/.test(file))
    .map((file) => readFileSync(path.join(folder, file), "utf8"))
    .join("\n");
}
