// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "image-publish",
  inputs: {
    plan: { kind: "string", default: "artifact" },
    version: { kind: "string" },
    source: { kind: "string", default: "restate.tar" },
    dockerfile: { kind: "path" },
    archives: { kind: "string", default: "artifacts-build-local-*" },
    app: { kind: "string" },
    images: { kind: "lines", required: true },
    tags: { kind: "lines" },
    rules: { kind: "lines" },
    logins: { kind: "secret", required: true },
    "layer-compression": { kind: "enum", values: ["gzip", "keep"], default: "gzip" },
    "if-exists": { kind: "enum", values: ["same", "refuse"], default: "same" },
  },
  outputs: ["digest", "references"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
