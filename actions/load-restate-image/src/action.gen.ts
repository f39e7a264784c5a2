// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "load-restate-image",
  inputs: {
    source: { kind: "enum", values: ["auto", "run", "commit", "registry", "file"], default: "auto" },
    "artifact-name": { kind: "string", default: "restate.tar" },
    tag: { kind: "lines", default: "localhost/restatedev/restate-commit-download:latest" },
    commit: { kind: "string" },
    repository: { kind: "string" },
    workflow: { kind: "string", default: "ci.yml" },
    "run-id": { kind: "string" },
    "github-token": { kind: "secret" },
    "registry-image": { kind: "string" },
    "registry-tag": { kind: "string" },
    "wait-timeout": { kind: "number", unit: "seconds", min: 0, max: 21600, default: "0" },
    "wait-for-check": { kind: "string" },
    file: { kind: "path" },
    platform: { kind: "string" },
    image: { kind: "string" },
    "expected-digest": { kind: "digest" },
    via: { kind: "enum", values: ["auto", "registry", "load"], default: "auto" },
    snapshotter: { kind: "enum", values: ["auto", "require"], default: "auto" },
    verify: { kind: "enum", values: ["none", "attestation"], default: "none" },
    signer: { kind: "string" },
    "trusted-root": { kind: "path" },
    "allow-forks": { kind: "boolean", default: "false" },
  },
  outputs: ["image", "image-id", "digest", "platform", "source", "via", "run-id", "artifact-id", "artifact-digest", "size", "cache-hit"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
