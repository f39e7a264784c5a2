// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "secrets-check",
  inputs: {
    expect: { kind: "lines", default: "auto" },
    online: { kind: "boolean", default: "false" },
    "expires-within": { kind: "number", unit: "days", min: 0, max: 3650, default: "30" },
    workflows: { kind: "path", default: ".github/workflows" },
    "npm-registry": { kind: "string" },
    "docker-auth": { kind: "string", default: "https://auth.docker.io" },
  },
  outputs: ["ok", "findings", "judged"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
