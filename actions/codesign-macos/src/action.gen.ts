// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "codesign-macos",
  inputs: {
    path: { kind: "lines", required: true },
    certificate: { kind: "secret" },
    "certificate-password": { kind: "secret" },
    identity: { kind: "string" },
    "team-id": { kind: "string" },
    options: { kind: "list", default: "runtime" },
    entitlements: { kind: "path" },
    identifier: { kind: "string" },
    timestamp: { kind: "string", default: "http://timestamp.apple.com/ts01" },
    backend: { kind: "enum", values: ["auto", "codesign", "rcodesign"], default: "auto" },
    "ad-hoc": { kind: "boolean", default: "false" },
    "dry-run": { kind: "boolean", default: "false" },
    authorities: { kind: "lines" },
  },
  outputs: ["files", "certificate", "team-id", "expires"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
