// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "ci-contract",
  inputs: {
    mode: { kind: "enum", values: ["check", "suggest"], default: "check" },
    contract: { kind: "path", default: "ci-contract.yml" },
    workflows: { kind: "path", default: ".github/workflows" },
  },
  outputs: ["ok", "findings"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
