import { type ElfFile, readBuildId, readDynamic, readInterpreter, readLinkage } from "@release-actions/elf";
import { countOf } from "@release-actions/report";
import { type Cause, cause } from "./cause.ts";
import { readBoth } from "./pair.ts";

const PT_LOAD = 1;
const PT_GNU_STACK = 0x6474e551;
const PT_GNU_RELRO = 0x6474e552;

/**
 * Dynamic tags that depend on linker options rather than on the code (gABI, "Dynamic Section"); the value is compared
 * where `hasValue` is set.
 */
const OPTION_TAGS: ReadonlyMap<number, { readonly name: string; readonly hasValue: boolean }> = new Map([
  [14, { name: "SONAME", hasValue: false }],
  [15, { name: "RPATH", hasValue: false }],
  [16, { name: "SYMBOLIC", hasValue: false }],
  [22, { name: "TEXTREL", hasValue: false }],
  [24, { name: "BIND_NOW", hasValue: false }],
  [29, { name: "RUNPATH", hasValue: false }],
  [30, { name: "FLAGS", hasValue: true }],
  [36, { name: "RELR", hasValue: false }],
  [4, { name: "HASH", hasValue: false }],
  [0x6ffffef5, { name: "GNU_HASH", hasValue: false }],
  [0x6ffffffb, { name: "FLAGS_1", hasValue: true }],
]);

/** Compares properties of linked files that depend on linker options and not on source code. */
export async function explainLinkage(a: ElfFile, b: ElfFile, place: string): Promise<Cause[]> {
  const [left, right] = await readBoth([a, b], traits);
  const differing = [...new Set([...left.keys(), ...right.keys()])].filter((key) => left.get(key) !== right.get(key));
  if (differing.length === 0) return [];
  const show = (side: ReadonlyMap<string, string>): string =>
    differing.map((key) => `${key}: ${side.get(key) ?? "absent"}`).join(", ");
  return [cause("linker-options", `${place}program headers and dynamic section`, show(left), show(right))];
}

async function traits(elf: ElfFile): Promise<Map<string, string>> {
  if (elf.type === "relocatable") return new Map();
  const buildId = await readBuildId(elf);
  const stack = elf.segments.find(({ type }) => type === PT_GNU_STACK);
  const loads = elf.segments.filter(({ type }) => type === PT_LOAD);
  const found = new Map([
    ["type", elf.type],
    ["linkage", await readLinkage(elf)],
    ["interpreter", (await readInterpreter(elf)) ?? "none"],
    ["build id", buildId === undefined ? "none" : countOf(buildId.size, "byte")],
    ["stack", stack === undefined ? "not stated" : flags(stack.flags)],
    ["relro", String(elf.segments.some(({ type }) => type === PT_GNU_RELRO))],
    ["segments", loads.map((segment) => flags(segment.flags)).join(" ")],
    ["page size", `0x${Math.max(0, ...loads.map(({ alignment }) => alignment)).toString(16)}`],
  ]);
  for (const { tag, value } of await readDynamic(elf)) {
    const known = OPTION_TAGS.get(Number(tag));
    if (known !== undefined) found.set(known.name, known.hasValue ? `0x${value.toString(16)}` : "present");
  }
  return found;
}

function flags(bits: number): string {
  return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
}
