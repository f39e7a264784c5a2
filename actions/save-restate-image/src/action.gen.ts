// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "save-restate-image",
  inputs: {
    path: { kind: "path", default: "restate.tar" },
    image: { kind: "string" },
    "artifact-name": { kind: "string", default: "restate.tar" },
    "retention-days": { kind: "number", unit: "days", min: 0, max: 90, default: "1" },
    format: { kind: "enum", values: ["zip", "raw"], default: "zip" },
    "if-exists": { kind: "enum", values: ["same", "replace"], default: "same" },
  },
  outputs: ["artifact-id", "artifact-digest", "digest", "image-ids", "platforms", "size"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
