// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "npm-publish",
  inputs: {
    mode: { kind: "enum", values: ["publish", "settle"], default: "publish" },
    publish: { kind: "enum", values: ["auto", "direct", "stage"], default: "auto" },
    plan: { kind: "string", default: "artifact" },
    version: { kind: "string" },
    packages: { kind: "string" },
    template: { kind: "path" },
    base: { kind: "path" },
    archives: { kind: "string", default: "artifacts-build-local-*" },
    scope: { kind: "string" },
    platforms: { kind: "list", default: "linux-x64 linux-arm64 darwin-x64 darwin-arm64" },
    "platform-name": { kind: "string", default: "${name}-${platform}" },
    "drop-targets": { kind: "list" },
    registry: { kind: "string" },
    token: { kind: "secret" },
    provenance: { kind: "enum", values: ["auto", "true", "false"], default: "auto" },
    "dist-tag": { kind: "string" },
    access: { kind: "enum", values: ["public", "restricted"], default: "public" },
    rules: { kind: "lines" },
    analytics: { kind: "enum", values: ["none", "scarf"], default: "none" },
    files: { kind: "list", default: "README* LICENSE* NOTICE*" },
    "dry-run": { kind: "boolean", default: "false" },
    output: { kind: "path" },
  },
  outputs: ["published", "staged", "complete", "skipped", "tarballs"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
