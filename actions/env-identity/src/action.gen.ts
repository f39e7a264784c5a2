// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "env-identity",
  inputs: {
    "lock-file": { kind: "path", default: "karapace.lock" },
    manifest: { kind: "path" },
    verify: { kind: "boolean", default: "true" },
    expected: { kind: "string" },
    "base-image": { kind: "path" },
    base: { kind: "path" },
    strict: { kind: "boolean", default: "true" },
  },
  outputs: ["env-id", "short-id", "env-id-v2", "base-image-digest", "packages", "drift", "changes"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
