// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "macho-check",
  inputs: {
    path: { kind: "lines", required: true },
    "team-id": { kind: "string" },
    submissions: { kind: "string" },
    authorities: { kind: "lines" },
    mode: { kind: "enum", values: ["strict", "warn"], default: "strict" },
  },
  outputs: ["findings", "binaries", "not-checked"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
