import { parseYaml, YamlError, type YamlNode } from "@release-actions/workflow";

/** A step of a composite action of the repository. */
export interface ActionStep {
  readonly run: string | undefined;
  readonly uses: string | undefined;
  readonly shell: string | undefined;
  /** Why it may not run, or may fail without failing the job; undefined when neither can happen. */
  readonly doubt: string | undefined;
}

/** The steps of a composite action (docs: "Metadata syntax", `runs` for composite actions); none for any other. */
export function readActionSteps(text: string, file: string): readonly ActionStep[] {
  try {
    const runs = parseYaml(text, file).get("runs");
    return runs.get("using").text === "composite" ? runs.get("steps").items().map(stepOf) : [];
  } catch (error) {
    if (error instanceof YamlError) return []; // An action that GitHub cannot read runs nothing.
    throw error;
  }
}

function stepOf(node: YamlNode): ActionStep {
  const condition = node.get("if").text?.trim();
  const isCertain = condition === undefined || /^(\$\{\{)?\s*(always|success)\(\)\s*(\}\})?$/.test(condition);
  const isTolerated = !["false", undefined].includes(node.get("continue-on-error").text);
  return {
    run: node.get("run").text,
    uses: node.get("uses").text,
    shell: node.get("shell").text,
    doubt: isTolerated ? "continue-on-error" : isCertain ? undefined : `\`if: ${condition}\``,
  };
}
