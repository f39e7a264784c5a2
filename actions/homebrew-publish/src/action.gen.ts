// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "homebrew-publish",
  inputs: {
    plan: { kind: "string", default: "artifact" },
    formulae: { kind: "string", default: "artifacts-build-global" },
    tap: { kind: "string", required: true },
    "tap-branch": { kind: "string" },
    token: { kind: "secret" },
    "scarf-gateway": { kind: "string" },
    style: { kind: "enum", values: ["auto", "brew", "layout", "off"], default: "auto" },
    prerelease: { kind: "enum", values: ["commit-only", "skip", "push"], default: "commit-only" },
    rules: { kind: "lines" },
    "drop-targets": { kind: "list" },
    republish: { kind: "boolean", default: "false" },
    "committer-name": { kind: "string", default: "github-actions[bot]" },
    "committer-email": { kind: "string", default: "41898282+github-actions[bot]@users.noreply.github.com" },
    "dry-run": { kind: "boolean", default: "false" },
    "github-token": { kind: "secret" },
  },
  outputs: ["commit", "pushed", "formulae"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
