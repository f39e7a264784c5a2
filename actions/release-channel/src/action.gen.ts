// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "release-channel",
  inputs: {
    plan: { kind: "string" },
    version: { kind: "string" },
    tags: { kind: "string", default: "api" },
    rules: { kind: "lines" },
    repository: { kind: "string" },
    token: { kind: "secret" },
  },
  outputs: ["channel", "version", "line", "is-latest", "image-tags", "held-back", "npm-dist-tag", "formula", "chart", "moves"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
