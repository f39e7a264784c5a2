// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "plan-image",
  inputs: {
    images: { kind: "lines" },
    registry: { kind: "string", default: "ghcr.io" },
    "docker-hub": { kind: "boolean", default: "false" },
    "docker-hub-registry": { kind: "string", default: "docker.io" },
    push: { kind: "enum", values: ["auto", "always", "never"], default: "auto" },
    tags: { kind: "lines" },
    "tag-rules": { kind: "lines" },
    flavor: { kind: "lines" },
    target: { kind: "string" },
    ref: { kind: "string" },
    runners: { kind: "string" },
    "artifact-platform": { kind: "string" },
    "build-args": { kind: "string" },
    "tag-family": { kind: "string" },
    platforms: { kind: "list", default: "linux/arm64,linux/amd64" },
    debug: { kind: "boolean", default: "false" },
    parca: { kind: "boolean", default: "false" },
    individually: { kind: "boolean", default: "false" },
    features: { kind: "string" },
    "features-argument": { kind: "string", default: "RESTATE_FEATURES" },
    "cargo-package": { kind: "string" },
  },
  outputs: ["push", "images", "names", "tag-rules", "flavor", "builds", "version", "platforms", "labels", "build-args", "exports"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
