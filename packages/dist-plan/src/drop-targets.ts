import { wildcard } from "@release-actions/text";
import { PlanError } from "./plan.ts";

/** Whether a target of an app was dropped on purpose. */
export type DroppedTargets = (app: string, target: string) => boolean;

/** Rust's target patterns for npm's platform names (Node's `process.platform` and `process.arch`). */
const NPM_SYSTEMS: Readonly<Record<string, string>> = {
  darwin: "apple-darwin",
  linux: "unknown-linux-*",
  win32: "pc-windows-*",
  freebsd: "unknown-freebsd",
  android: "linux-android*",
};
const NPM_PROCESSORS: Readonly<Record<string, string>> = {
  x64: "x86_64",
  arm64: "aarch64",
  ia32: "i*86",
  arm: "arm*",
  ppc64: "powerpc64le",
  riscv64: "riscv64gc",
  loong64: "loongarch64",
  s390x: "s390x",
};

/**
 * Reads the input `drop-targets` of plan-check, npm-publish, homebrew-publish and release-notes: the targets that a
 * release leaves out on purpose. Each entry is a Rust target (`x86_64-apple-darwin`, in which `*` is a wildcard) or
 * npm's name of a platform (`darwin-x64`), for all apps or for one (`widget-server:*-apple-darwin`).
 */
export function parseDropTargets(entries: readonly string[]): DroppedTargets {
  const rules = entries.map((entry) => {
    const [, app, target = ""] = /^(?:([A-Za-z0-9_][\w-]*):)?([\w*.-]+)$/.exec(entry) ?? [];
    if (target === "") {
      throw new PlanError(`\`drop-targets\` has ${JSON.stringify(entry)}, expected a target or <app>:<target>`, {
        advice:
          "Write a target such as x86_64-apple-darwin, or a platform of npm such as darwin-x64; `*` matches anything.",
      });
    }
    return { app, pattern: wildcard(rustTarget(target)) };
  });
  return (app, target) =>
    rules.some((rule) => (rule.app === undefined || rule.app === app) && rule.pattern.test(target));
}

function rustTarget(name: string): string {
  const [, system = "", processor = "", libc] = /^([a-z0-9]+)-([a-z0-9]+)(?:-(glibc|musl))?$/.exec(name) ?? [];
  if (!Object.hasOwn(NPM_SYSTEMS, system) || !Object.hasOwn(NPM_PROCESSORS, processor)) return name;
  const abi = libc === undefined ? "" : libc === "glibc" ? "gnu*" : "musl*";
  const rust = `${NPM_PROCESSORS[processor]}-${NPM_SYSTEMS[system]}`;
  return system === "linux" && abi !== "" ? rust.replace(/\*$/, abi) : rust;
}
