// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "plan-check",
  inputs: {
    plan: { kind: "string", default: "artifact" },
    config: { kind: "path" },
    "drop-targets": { kind: "list" },
  },
  outputs: ["version", "missing", "dist-version"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
