// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "repro-hash-compare",
  inputs: {
    paths: { kind: "lines" },
    record: { kind: "path" },
    "upload-as": { kind: "string" },
    against: { kind: "lines" },
    algorithm: { kind: "enum", values: ["blake3", "sha256", "both"], default: "blake3" },
    mode: { kind: "enum", values: ["strict", "warn"], default: "strict" },
    "strict-for": { kind: "lines" },
    "warn-for": { kind: "lines" },
    ignore: { kind: "lines" },
    explain: { kind: "boolean", default: "true" },
    diffoscope: { kind: "enum", values: ["auto", "install", "never"], default: "auto" },
    attestation: { kind: "path" },
    report: { kind: "path" },
    context: { kind: "lines" },
  },
  outputs: ["reproducible", "compared", "mismatch-count", "mismatches", "manifest", "attestation", "report", "causes"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
