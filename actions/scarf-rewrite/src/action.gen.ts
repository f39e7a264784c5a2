// Generated from action.yml by `npm run generate`. Do not edit.
import type { Contract, Runner } from "@release-actions/action-kit";

export const contract = {
  name: "scarf-rewrite",
  inputs: {
    files: { kind: "lines" },
    repository: { kind: "string" },
    gateway: { kind: "string", required: true },
    include: { kind: "list" },
    exclude: { kind: "list", default: "*.md5 *.sha1 *.sha256 *.sha512 *.sha3-256 *.sha3-512 *.blake2s *.blake2b *.b3 *.sum *SUMS *SUMS.txt *checksum*.txt *checksums *.asc *.sig *.bundle *.minisig *.sigstore *.sigstore.json *.intoto.jsonl *.pem *.crt *dist-manifest.json" },
    mode: { kind: "enum", values: ["write", "check", "print", "reverse"], default: "write" },
    min: { kind: "number", min: 0, default: "1" },
    verify: { kind: "enum", values: ["none", "head"], default: "none" },
    mirror: { kind: "boolean", default: "false" },
    release: { kind: "string" },
    token: { kind: "secret" },
  },
  outputs: ["count", "changed", "urls"],
} as const satisfies Contract;

/** The runner as this action sees it: its inputs have their types. */
export type ActionRunner = Runner<typeof contract>;
