// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract } from "@release-actions/action-kit";

export const contract = {
  name: "install-tools",
  inputs: {
    tools: { kind: "list", required: true },
  },
  outputs: ["versions"],
} as const satisfies Contract;
