// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "notarize-macos",
  inputs: {
    mode: { kind: "enum", values: ["notarize", "list"], default: "notarize" },
    path: { kind: "lines" },
    backend: { kind: "enum", values: ["auto", "notarytool", "api"], default: "auto" },
    "apple-id": { kind: "string" },
    "app-specific-password": { kind: "secret" },
    "team-id": { kind: "string" },
    "api-key": { kind: "secret" },
    "api-key-id": { kind: "string" },
    "api-issuer": { kind: "string" },
    wait: { kind: "boolean", default: "true" },
    timeout: { kind: "number", unit: "seconds", min: 1, max: 86400, default: "3600" },
    preflight: { kind: "enum", values: ["strict", "warn", "off"], default: "strict" },
    staple: { kind: "enum", values: ["auto", "always", "never"], default: "auto" },
    submissions: { kind: "string" },
    "log-dir": { kind: "path", default: "notarization" },
    authorities: { kind: "lines" },
    "api-url": { kind: "string", default: "https://appstoreconnect.apple.com" },
    "s3-url": { kind: "string" },
  },
  outputs: ["status", "submissions", "history", "log-dir"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
