// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract } from "@release-actions/action-kit";

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
