// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "release-build-setup",
  inputs: {
    "working-directory": { kind: "path", default: "." },
    mode: { kind: "enum", values: ["setup", "check"], default: "setup" },
    targets: { kind: "list" },
    matrix: { kind: "string" },
    "rustflags-from": { kind: "string", default: ".cargo/config.toml" },
    "rustflags-exclude": { kind: "lines" },
    "rustflags-extra": { kind: "string" },
    "env-from-dockerfile": { kind: "string", default: "docker/Dockerfile" },
    "dockerfile-stage": { kind: "string", default: "builder" },
    "env-names": { kind: "list", default: "krb5_cv_*, ac_cv_*" },
    "extra-env": { kind: "lines" },
    tools: { kind: "list" },
    hakari: { kind: "enum", values: ["disable", "keep"], default: "disable" },
    "notice-command": { kind: "string" },
    "notice-file": { kind: "string", default: "NOTICE" },
    "macos-deployment-target": { kind: "string", default: "10.14.0" },
    "codesign-options": { kind: "string", default: "runtime" },
  },
  outputs: ["rustflags", "env", "notice"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
