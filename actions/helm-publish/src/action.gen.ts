// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "helm-publish",
  inputs: {
    mode: { kind: "enum", values: ["check", "publish"], default: "publish" },
    chart: { kind: "list" },
    plan: { kind: "string", default: "artifact" },
    version: { kind: "string" },
    "app-version": { kind: "string" },
    registry: { kind: "string" },
    username: { kind: "string" },
    password: { kind: "secret" },
    dependencies: { kind: "enum", values: ["check", "build"], default: "check" },
    values: { kind: "lines" },
    "kube-version": { kind: "string" },
    "sign-key": { kind: "string" },
    keyring: { kind: "path" },
    passphrase: { kind: "secret" },
    lint: { kind: "enum", values: ["errors", "warnings", "off"], default: "errors" },
    images: { kind: "list" },
    "if-exists": { kind: "enum", values: ["same", "refuse"], default: "same" },
    rules: { kind: "lines" },
  },
  outputs: ["digest", "reference", "published", "charts"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
