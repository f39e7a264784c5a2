import path from "node:path";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { type FoundFile, findElf } from "./find-elf.ts";
import { checksumOf, type Inspected, inspect } from "./inspect.ts";
import { copyTo, keepDebug, stripAndLink } from "./split.ts";
import { requireOwnUnits } from "./units.ts";

/** A binary after the split, described by its debug file. */
export interface Product {
  /** Its path below the output folder: `server`, or `linux_amd64/usr/bin/server`. */
  readonly name: string;
  readonly buildId: string;
  readonly machine: string;
  readonly debug: string;
  /** The CRC-32 of the debug file, as a debuglink stores it. */
  readonly crc32: number;
  /** In bytes, of the debug file. */
  readonly size: number;
}

type Input = Inspected & FoundFile & { readonly buildId: string };

/** Splits whole binaries, takes those that are already split, and checks that the parts belong together. */
export async function makeProducts(runner: ActionRunner, workspace: string): Promise<readonly Product[]> {
  const { binaries, output } = runner.inputs;
  const inside = binaries.find((line) => !path.relative(path.resolve(workspace, line), output).startsWith(".."));
  if (inside !== undefined) {
    throw new Fault(`the input \`output\` is in ${inside}, where the binaries are`, {
      advice: "Choose a separate folder: the next run would treat the output of this one as binaries.",
    });
  }
  const inputs: Input[] = [];
  for (const found of await findElf(binaries, workspace)) {
    const inspected = await inspect(found.file);
    // A build folder also has object files and split debug information beside the programs.
    if (found.isBelowFolder && !isProgram(inspected)) {
      runner.info(`${found.place} is left out: it is of the type ${inspected.type}, neither a program nor a library`);
      continue;
    }
    inputs.push(requireUsable(inspected, found));
  }
  if (inputs.length === 0) throw new Fault(`${binaries.join(", ")} holds no program and no shared library`);
  const products: Product[] = [];
  for (const group of Map.groupBy(inputs, ({ buildId }) => buildId).values()) {
    products.push(await makeProduct(group, runner));
  }
  return products;
}

function requireUsable(inspected: Inspected, found: FoundFile): Input {
  const { buildId, type } = inspected;
  if (!isProgram(inspected)) {
    throw new Fault(`${found.place} is of the type ${type}, expected a program or a shared library`);
  }
  if (buildId === undefined) {
    throw new Fault(`${found.place} has no build ID, which debuggers need to find debug information`, {
      advice: "Link with one: `-Wl,--build-id` for a C compiler, `-C link-arg=-Wl,--build-id` for rustc.",
    });
  }
  return { ...inspected, ...found, buildId };
}

function isProgram({ type }: Inspected): boolean {
  return type === "executable" || type === "shared";
}

/** Makes one product from the files with the same build ID: one debug file, and any number of binaries. */
async function makeProduct(group: readonly Input[], runner: ActionRunner): Promise<Product> {
  const { output } = runner.inputs;
  const given = group.find(({ state }) => state === "debug-only");
  const whole = group.find(({ state }) => state === "whole");
  const source = given ?? whole;
  if (source === undefined) throw nothingToKeep(group);
  await requireOwnUnits(source.file, source.place);
  const { buildId, machine } = source;
  const debug = path.join(output, given?.place ?? `${source.place}.debug`);
  if (given !== undefined) await copyTo(given.file, debug);
  else await keepDebug({ binary: source.file, machine, debug, stripped: "" }, runner);
  const parts = await inspect(debug);
  if (parts.buildId !== buildId || parts.machine !== machine || parts.state !== "debug-only") {
    throw new Fault(`${debug} is ${describe(parts)}, expected the debug information of ${buildId}`);
  }
  const crc32 = await checksumOf(debug);
  for (const { state, file, place } of group) {
    if (state === "debug-only") continue;
    const stripped = path.join(output, place);
    if (state === "whole") await stripAndLink({ binary: file, machine, debug, stripped }, runner);
    else await copyTo(file, stripped);
    requireStripped(await inspect(stripped), { buildId, crc32, debug }, place);
  }
  const name = given === undefined ? source.place : given.place.replace(/\.debug$/, "");
  return { name, buildId, machine, debug, crc32, size: parts.size };
}

/** @throws Fault unless the binary is stripped and its debuglink names its debug file */
export function requireStripped(
  binary: Inspected,
  expected: Pick<Product, "buildId" | "crc32" | "debug">,
  place: string,
): void {
  if (binary.buildId !== expected.buildId) {
    throw new Fault(`${place} has the build id ${binary.buildId}, expected ${expected.buildId}`);
  }
  if (binary.hasSymbols || binary.state !== "stripped") {
    throw new Fault(`${place} is not stripped: it has ${binary.hasSymbols ? "symbols" : "debug information"}`, {
      advice: "Ship the stripped binary: `objcopy --strip-all --add-gnu-debuglink=server.debug server`.",
    });
  }
  const name = path.basename(expected.debug);
  if (binary.debugLink === undefined) {
    throw new Fault(`${place} has no debuglink, expected one to ${name}`, {
      advice: `Add it where the binary is stripped: \`objcopy --add-gnu-debuglink=${name} ${path.basename(place)}\`.`,
    });
  }
  const { file, crc32 } = binary.debugLink;
  if (file === name && crc32 === expected.crc32) return;
  throw new Fault(
    `the debuglink of ${place} is ${file} with CRC ${hex(crc32)}, expected ${name} with ${hex(expected.crc32)}`,
    { advice: "If the binary was already split, name the debug file from that split, not the whole binary." },
  );
}

function nothingToKeep(group: readonly Input[]): Fault {
  const [first] = group;
  const what = first?.hasSymbols === true ? "symbols, but no debug information" : "no debug information";
  return new Fault(`${group.map(({ place }) => place).join(", ")} has ${what}`, {
    advice:
      "Build it with debug information (`debug` in cargo's profile, CARGO_PROFILE_RELEASE_DEBUG), without `strip`. If it was already split, name its debug file too.",
  });
}

function describe({ state, buildId, machine }: Inspected): string {
  return `${state}, of ${buildId ?? "no build id"} for ${machine}`;
}

function hex(crc32: number): string {
  return crc32.toString(16).padStart(8, "0");
}
