/** The `e_machine` values of Rust's and Go's targets (gABI, "ELF Header"). */
const MACHINES: Readonly<Record<number, string>> = {
  3: "x86",
  8: "mips",
  20: "powerpc",
  21: "powerpc64",
  22: "s390x",
  40: "arm",
  62: "x86-64",
  183: "aarch64",
  243: "riscv",
  247: "bpf",
  258: "loongarch",
};

export function machineName(code: number): string {
  return MACHINES[code] ?? String(code);
}

/** The machine of a Rust target triple, named as in `machineName`; undefined if it is unknown. */
export function machineOfTarget(triple: string): string | undefined {
  const [architecture = ""] = triple.split("-");
  if (/^i[3-6]86$/.test(architecture)) return "x86";
  if (/^(arm|thumb)/.test(architecture)) return "arm";
  if (/^riscv/.test(architecture)) return "riscv";
  const names: Readonly<Record<string, string>> = {
    x86_64: "x86-64",
    aarch64: "aarch64",
    powerpc64le: "powerpc64",
    s390x: "s390x",
    loongarch64: "loongarch",
  };
  return names[architecture];
}
