// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "debug-symbols",
  inputs: {
    binaries: { kind: "lines", required: true },
    output: { kind: "path", default: "debug-symbols" },
    shipped: { kind: "lines" },
    "store-address": { kind: "string", default: "grpc.polarsignals.com:443" },
    token: { kind: "secret" },
    "debuginfod-url": { kind: "string" },
    "artifact-name": { kind: "string", default: "debug-symbols" },
    "script-path": { kind: "string", default: "/usr/local/bin/download-<binary>-debug-symbols.sh" },
    "parca-debuginfo": { kind: "string", default: "parca-debuginfo" },
    force: { kind: "boolean", default: "false" },
    required: { kind: "boolean", default: "false" },
  },
  outputs: ["build-ids", "uploaded"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
