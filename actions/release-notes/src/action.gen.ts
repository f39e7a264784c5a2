// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "release-notes",
  inputs: {
    plan: { kind: "string", default: "artifact" },
    template: { kind: "path" },
    "notes-file": { kind: "string" },
    section: { kind: "string" },
    mode: { kind: "enum", values: ["update", "append", "keep"], default: "update" },
    latest: { kind: "enum", values: ["auto", "true", "false", "legacy"], default: "auto" },
    "scarf-gateway": { kind: "string" },
    "drop-targets": { kind: "list" },
    "wait-for": { kind: "list" },
    "wait-timeout": { kind: "number", unit: "seconds", min: 0, max: 21600, default: "900" },
    "dry-run": { kind: "boolean", default: "false" },
    token: { kind: "secret" },
  },
  outputs: ["notes", "changed", "url", "latest", "ledger"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
