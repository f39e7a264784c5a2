import { type Cfg, matchesCfg } from "@release-actions/cargo";

/** Whether the key of a `[target]` table is the triple, or a `cfg()` that applies to the triple, judged by its name. */
export function matchesTarget(key: string, triple: string): boolean {
  return key === triple || matchesCfg(key, cfgOfTriple(triple)) === true;
}

/** The `cfg` values that follow from a triple's name, so that rustc need not be run. */
function cfgOfTriple(triple: string): Cfg[] {
  const [arch = "", vendor = "", os = "", env] = triple.split("-");
  const isWasm = arch.startsWith("wasm");
  const family = os === "windows" ? "windows" : isWasm ? "wasm" : "unix";
  const cfg = (name: string, value?: string): Cfg => ({ name, value });
  return [
    cfg(
      "target_arch",
      arch === "i686" ? "x86" : arch.replace(/^(arm|thumb)v.*/, "arm").replace(/^riscv(32|64).*/, "riscv$1"),
    ),
    cfg("target_vendor", vendor),
    cfg("target_os", os === "darwin" ? "macos" : os),
    cfg("target_env", env?.replace(/eabi.*$/, "") ?? ""),
    cfg("target_family", family),
    ...(isWasm ? [] : [cfg(family)]),
  ];
}

const TRIPLE =
  /\b(?:x86_64|aarch64|i[56]86|armv?\w*|thumbv\w+|riscv(?:32|64)\w*|powerpc\w*|s390x|loongarch64|wasm(?:32|64)|mips\w*)-(?:\w+-)*(?:gnu\w*|musl\w*|msvc|darwin|ios[\w-]*|android\w*|freebsd|netbsd|illumos|unknown|wasip?\d?\w*|emscripten|none[\w-]*|elf|redox|uefi)\b/g;

/** Every target triple that a text names. */
export function triplesIn(text: string): string[] {
  return [...new Set(text.match(TRIPLE) ?? [])];
}

const HOSTS: Readonly<Record<string, readonly string[]>> = {
  linux: ["x86_64-unknown-linux-gnu"],
  arm: ["aarch64-unknown-linux-gnu"],
  macos: ["aarch64-apple-darwin", "x86_64-apple-darwin"],
  windows: ["x86_64-pc-windows-msvc"],
};

/** The triples that runners of these labels build for when nothing else is said. */
export function hostsOf(labels: readonly string[]): string[] {
  return labels.flatMap((label) => {
    if (/mac|darwin/i.test(label)) return [...(HOSTS["macos"] ?? [])];
    if (/windows|win-/i.test(label)) return [...(HOSTS["windows"] ?? [])];
    return [...((/\b(arm|arm64|aarch64)\b/i.test(label) ? HOSTS["arm"] : HOSTS["linux"]) ?? [])];
  });
}

/** The targets of the operating system that a step's condition names, or all targets when it names none. */
export function onlyFor(condition: string, targets: readonly string[]): string[] {
  const system = /==\s*'(macOS|Linux|Windows)'/i.exec(condition)?.[1]?.toLowerCase();
  const part = { macos: "-apple-", linux: "-linux-", windows: "-windows-" }[system ?? ""];
  return part === undefined ? [...targets] : targets.filter((target) => target.includes(part));
}
