// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract } from "@release-actions/action-kit";

export const contract = {
  name: "codesign-macos",
  inputs: {
    path: { kind: "lines", required: true },
    certificate: { kind: "secret", required: true },
    "certificate-password": { kind: "secret", required: true },
    identity: { kind: "string" },
    "team-id": { kind: "string" },
    options: { kind: "list", default: "runtime" },
    entitlements: { kind: "path" },
    identifier: { kind: "string" },
    timestamp: { kind: "string", default: "http://timestamp.apple.com/ts01" },
    backend: { kind: "enum", values: ["auto", "codesign", "rcodesign"], default: "auto" },
  },
  outputs: ["files", "certificate", "team-id", "expires"],
} as const satisfies Contract;
