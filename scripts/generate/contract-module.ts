import type { ActionFile, InputDoc } from "./action-file.ts";

/** The source of `src/action.gen.ts`: the action's contract, from which the types of its inputs are derived. */
export function contractModule(action: ActionFile): string {
  const inputs = action.inputs.map((input) => `    ${key(input.name)}: ${literal(inputSpec(input))},`);
  const outputs = action.outputs.map((output) => JSON.stringify(output.name));
  return [
    "// Generated from action.yml by `npm run generate`. Do not edit.",
    'import type { Contract, Runner } from "@release-actions/action-kit";',
    "",
    "export const contract = {",
    `  name: ${JSON.stringify(action.name)},`,
    inputs.length === 0 ? "  inputs: {}," : `  inputs: {\n${inputs.join("\n")}\n  },`,
    `  outputs: [${outputs.join(", ")}],`,
    "} as const satisfies Contract;",
    "",
    "/** The runner as this action sees it: its inputs have their types. */",
    "export type ActionRunner = Runner<typeof contract>;",
    "",
  ].join("\n");
}

function inputSpec(input: InputDoc): Record<string, unknown> {
  // The runner evaluates a default with an expression, and the result may be empty.
  const isLiteral = input.default !== undefined && input.default !== "" && !input.default.includes("${{");
  return {
    ...input.type,
    ...(input.required ? { required: true } : {}),
    ...(isLiteral ? { default: input.default } : {}),
  };
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, item]) => `${key(name)}: ${literal(item)}`)
    .join(", ")} }`;
}

function key(name: string): string {
  return /^[a-z]\w*$/i.test(name) ? name : JSON.stringify(name);
}
