import path from "node:path";
import { openFileSource, type RandomAccessSource, readExactly } from "@release-actions/archive";
import { type ElfFile, isElf, machineOfTarget, readElf, readLinkage, strippedState } from "@release-actions/elf";
import { isMacho, readMacho } from "@release-actions/macho";
import type { Problem } from "@release-actions/report";
import { findPaths } from "./find-paths.ts";
import type { Plan } from "./plan.ts";
import type { Product } from "./run-cargo.ts";

const MAX_MACHO_BYTES = 1024 * 1024 * 1024;

/** Checks that each product has no path of the machine, and is linked and stripped as planned. */
export async function verifyProducts(products: readonly Product[], plan: Plan): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const product of products) {
    await using source = await openFileSource(product.path);
    const head = await readExactly(source, 0, Math.min(64, source.size));
    const elf = isElf(head) ? await readElf(source) : undefined;
    const name = path.relative(plan.cwd, product.path);
    const found = [
      ...(await checkPaths(source, plan, elf, isMacho(head))),
      ...(elf === undefined ? [] : await checkElf(elf, product, plan)),
    ];
    problems.push(...found.map((message): Problem => ({ level: "error", message: `${name}: ${message}` })));
  }
  return problems;
}

async function checkPaths(
  source: RandomAccessSource,
  plan: Plan,
  elf: ElfFile | undefined,
  macho: boolean,
): Promise<string[]> {
  const { places, remaps } = plan;
  // If no folder is remapped, the products may contain paths.
  if (remaps.length === 0) return [];
  const folders = [...remaps.map(({ from }) => from), places.cargoHome].filter(
    (folder) => folder.split("/").length > 2,
  );
  const leaks = await findPaths(source, [...new Set(folders)]);
  const shown = leaks.filter(
    ({ offset, needle }) => !leaks.some((other) => other.offset === offset && other.needle.length > needle.length),
  );
  const sections = macho ? await machoSections(source) : (elf?.sections ?? []);
  return shown.map(({ text, offset, needle, storedFlag }) => {
    const section = sections.find((one) => one.hasBytes && offset >= one.offset && offset < one.offset + one.size);
    const where = section === undefined ? "" : ` in ${section.name}`;
    if (storedFlag !== undefined) return storedMapping(storedFlag, needle, `at byte ${offset}${where}`, plan);
    return `the path ${text} of this machine remains at byte ${offset}${where}. Add ${needle} to the remapped folders, or find what puts the path into the program (\`env!\` or \`file!\` in a build script)`;
  });
}

/** The finding for a program that stores its compiler flags, and in them a path: only wrappers can hide the flag. */
function storedMapping(flag: string, folder: string, where: string, { cFlagsBy }: Plan): string {
  const remedy =
    cFlagsBy === "variables"
      ? "Leave `CC` and `CXX` unset or name compilers without a folder (`CC=gcc`), so that the compiler wrappers on the PATH add the flag and no program stores it"
      : "Find where this flag comes from (CFLAGS, RUSTFLAGS or a build script), and remove it: the compiler wrappers on the PATH add it, and no program stores it";
  return `the program stores its own compiler flags, with ${flag}${folder}=..., ${where}: the flag that should replace this path puts the path into the program. ${remedy}`;
}

async function machoSections(
  source: RandomAccessSource,
): Promise<{ name: string; offset: number; size: number; hasBytes: boolean }[]> {
  const images = readMacho(await readExactly(source, 0, Math.min(source.size, MAX_MACHO_BYTES)));
  return images.flatMap(({ start, segments }) =>
    segments.flatMap(({ sections }) =>
      sections.map(({ segment, name, offset, size, zeroFill }) => ({
        name: `${segment},${name}`,
        offset: start + offset,
        size,
        hasBytes: !zeroFill,
      })),
    ),
  );
}

async function checkElf(elf: ElfFile, { triple }: Product, plan: Plan): Promise<string[]> {
  const problems: string[] = [];
  const machine = machineOfTarget(triple);
  if (machine !== undefined && machine !== elf.machine)
    problems.push(`it is built for ${elf.machine}, expected ${machine} (${triple})`);
  const linkage = await readLinkage(elf);
  const isStatic = plan.targets.some((target) => target.triple === triple && target.isStatic);
  if (isStatic && linkage === "dynamic") {
    problems.push(`it is linked dynamically, but ${triple} with these flags promises a static binary (\`crt-static\`)`);
  }
  const { symbols, debug } = strippedState(elf);
  const { strip } = plan.profile;
  if (linkage !== "unlinked" && strip === "symbols" && !symbols)
    problems.push(`it has symbols, but profile ${plan.profileName} says strip = "symbols"`);
  if (linkage !== "unlinked" && strip !== "none" && !debug)
    problems.push(`it has debug information, but profile ${plan.profileName} says strip = "${strip}"`);
  return problems;
}
