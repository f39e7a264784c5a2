import type { ByteReader } from "../byte-reader.ts";
import { MachoError } from "../error.ts";
import { MAX_REQUIREMENTS } from "../limits.ts";
import { formatRequirement } from "./requirement-expression.ts";

export interface Requirement {
  readonly kind: string;
  /** The expression in the requirement language, with parentheses around the operands of every `and` and `or`. */
  readonly expression: string;
}

const KINDS: Readonly<Record<number, string>> = { 1: "host", 2: "guest", 3: "designated", 4: "library", 5: "plugin" };

const MAGIC_REQUIREMENT = 0xfade0c00;

/** The requirements that could be read, and the reasons why others could not. */
export interface RequirementSet {
  readonly requirements: readonly Requirement[];
  readonly faults: readonly string[];
}

/** Reads a requirement set (Security framework, `Requirements`), which has an expression for each kind. */
export function readRequirements(set: ByteReader): RequirementSet {
  const requirements: Requirement[] = [];
  const faults: string[] = [];
  try {
    const count = set.u32(8);
    if (count > MAX_REQUIREMENTS) throw set.error(`${count} requirements are more than ${MAX_REQUIREMENTS}`, 8);
    for (let index = 0; index < count; index += 1) {
      const kind = set.u32(12 + index * 8);
      const offset = set.u32(16 + index * 8);
      const blob = set.window(offset, set.u32(offset + 4), "code requirement");
      requirements.push({ kind: KINDS[kind] ?? `unknown(${kind})`, expression: readExpression(blob) });
    }
  } catch (error) {
    if (!(error instanceof MachoError)) throw error;
    faults.push(error.message);
  }
  return { requirements, faults };
}

function readExpression(blob: ByteReader): string {
  const magic = blob.u32(0);
  if (magic !== MAGIC_REQUIREMENT) throw blob.error(`starts with 0x${magic.toString(16)}`, 0);
  if (blob.u32(8) !== 1) throw blob.error(`the expression form ${blob.u32(8)} is unknown`, 8);
  return formatRequirement(blob, 12);
}
