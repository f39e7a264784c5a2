// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "pins-check",
  inputs: {
    config: { kind: "path" },
    fix: { kind: "boolean", default: "false" },
    tag: { kind: "string" },
    only: { kind: "list" },
  },
  outputs: ["consistent", "problems"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
