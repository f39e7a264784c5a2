// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "hakari-check",
  inputs: {
    "working-directory": { kind: "path", default: "." },
    command: { kind: "enum", values: ["check", "disable", "restore"], default: "check" },
    checks: { kind: "list", default: "generate, manage-deps, verify" },
    version: { kind: "string" },
    fix: { kind: "boolean", default: "false" },
    patch: { kind: "path" },
  },
  outputs: ["up-to-date", "problems", "patch", "version"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
