// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "reproducible-build",
  inputs: {
    "working-directory": { kind: "path", default: "." },
    packages: { kind: "list" },
    targets: { kind: "list" },
    profile: { kind: "string", default: "release" },
    clean: { kind: "boolean", default: "true" },
    locked: { kind: "boolean", default: "true" },
    "source-date-epoch": { kind: "string", default: "commit" },
    "export-epoch": { kind: "boolean", default: "false" },
    remap: { kind: "list", default: "workspace registry git rustup" },
    rustflags: { kind: "string" },
    cflags: { kind: "boolean", default: "true" },
    "deny-warnings": { kind: "boolean", default: "false" },
    toolchain: { kind: "string" },
    mode: { kind: "enum", values: ["build", "print"], default: "build" },
    builds: { kind: "number", min: 1, max: 20, default: "1" },
    vary: { kind: "list", default: "all" },
    bisect: { kind: "boolean", default: "true" },
    "max-builds": { kind: "number", min: 2, max: 200, default: "24" },
    "trim-paths": { kind: "enum", values: ["auto", "never"], default: "auto" },
    record: { kind: "path" },
  },
  outputs: ["binaries", "paths", "context", "rustflags", "source-date-epoch", "config", "manifest", "reproducible", "varied", "depends-on", "causes"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
