import type { YamlNode } from "@release-actions/workflow";
import { type Finding, findingAt } from "./finding.ts";

/** The inputs and outputs of a released action. */
export interface KnownAction {
  readonly inputs: ReadonlyMap<string, { readonly required: boolean }>;
  readonly outputs: ReadonlySet<string>;
}

export interface Known {
  /** `owner/name` of this repository. */
  readonly repository: string;
  readonly actions: ReadonlyMap<string, KnownAction>;
  /** File names of the workflows that others may call. */
  readonly workflows: ReadonlySet<string>;
}

/**
 * Checks one `uses:` of a workflow or a composite action. Our own must be `$/<place>`, which is this repository at the
 * running commit. All others need the full hash of a commit, with its tag in a comment.
 */
export function checkUses(step: YamlNode, text: string, known: Known): Finding[] {
  const node = step.get("uses");
  const uses = node.text ?? "";
  if (uses === "") return [];
  if (uses.startsWith("./"))
    return [findingAt(node, `${uses} is looked for in the caller's repository: name ours as $/actions/<name>`)];
  const [place = "", ref = ""] = uses.split("@");
  if (place.startsWith(`${known.repository}/`)) return [findingAt(node, `${uses}: name our own as $/actions/<name>`)];
  if (!place.startsWith("$/")) return checkForeign(node, uses, ref, text);
  const workflow = /^\$\/\.github\/workflows\/(.+)$/.exec(uses)?.[1];
  if (workflow !== undefined) return known.workflows.has(workflow) ? [] : [findingAt(node, `${uses} cannot be called`)];
  const name = ownAction(uses) ?? "";
  const action = known.actions.get(name);
  return action === undefined ? [findingAt(node, `${uses} does not exist`)] : checkInputs(step, name, action);
}

/** The action of this repository that a `uses:` names. */
export function ownAction(uses: string): string | undefined {
  return /^\$\/actions\/(.+)$/.exec(uses)?.[1];
}

function checkForeign(node: YamlNode, uses: string, ref: string, text: string): Finding[] {
  const line = text.split("\n")[node.location.line - 1] ?? "";
  if (!/^[0-9a-f]{40}$/.test(ref)) return [findingAt(node, `${uses} is not pinned by a commit's full hash`)];
  return /# v\d+\.\d+\.\d+$/.test(line) ? [] : [findingAt(node, `${uses} lacks the tag of its commit in a comment`)];
}

function checkInputs(step: YamlNode, name: string, action: KnownAction): Finding[] {
  const given = step.get("with").entries();
  const unknown = given.filter(([input]) => !action.inputs.has(input));
  const missing = [...action.inputs].filter(
    ([input, { required }]) => required && !given.some(([key]) => key === input),
  );
  return [
    ...unknown.map(([input, node]) => findingAt(node, `${name} has no input ${input}`)),
    ...missing.map(([input]) => findingAt(step, `${name} needs the input ${input}`)),
  ];
}
