import type { RandomAccessSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { type Cause, type CauseKind, cause } from "./cause.ts";
import type { Context, Findings, Part } from "./context.ts";

/** Differing members that are looked into; the others are listed. */
const MAX_EXPLAINED = 100;

type AttributeKind = Extract<CauseKind, "timestamp" | "member-owner" | "member-mode" | "compression" | "content">;

/** A member of an archive, of whatever format. */
export interface Member {
  readonly name: string;
  /** What the archive says of it besides its content, by the cause that a difference has. */
  readonly attributes: Readonly<Partial<Record<AttributeKind, string>>>;
  /** Its content; the caller uses one at a time. */
  open(): Promise<RandomAccessSource>;
}

/** Compares members by name: which there are, in which order, with which attributes and contents. */
export async function explainMembers(
  left: readonly Member[],
  right: readonly Member[],
  context: Context,
): Promise<Findings> {
  const [a, b] = [numbered(left), numbered(right)];
  const causes: Cause[] = [];
  const parts: Part[] = [];
  const only = (from: ReadonlyMap<string, Member>, other: ReadonlyMap<string, Member>): string[] =>
    [...from.keys()].filter((name) => !other.has(name));
  const [onlyLeft, onlyRight] = [only(a, b), only(b, a)];
  if (onlyLeft.length > 0 || onlyRight.length > 0) {
    causes.push(
      cause("member-set", `${context.place}members`, onlyLeft.join(", ") || "-", onlyRight.join(", ") || "-"),
    );
  }
  const common = [...a.keys()].filter((name) => b.has(name));
  const commonRight = [...b.keys()].filter((name) => a.has(name));
  const moved = common.findIndex((name, index) => name !== commonRight[index]);
  if (moved >= 0) {
    const show = (names: readonly string[]): string => names.slice(moved, moved + 4).join(", ");
    causes.push(cause("member-order", `${context.place}member ${moved + 1}`, show(common), show(commonRight)));
  }
  for (const name of common) {
    const [one, other] = [a.get(name), b.get(name)];
    if (one === undefined || other === undefined) continue;
    causes.push(...compareAttributes(name, one, other, context.place));
    const [source, counterpart] = [await one.open(), await other.open()];
    const map = await mapBytes(source, counterpart, context.signal);
    if (map.differing === 0) continue;
    parts.push({ name, left: source.size, right: counterpart.size, differing: map.differing });
    if (parts.length > MAX_EXPLAINED) continue;
    const inside = { ...context, place: `${context.place}${name}: `, depth: context.depth + 1 };
    causes.push(...(await context.explain(source, counterpart, inside)).causes);
  }
  return { causes, parts };
}

/** Archives may hold several members of one name; the second is `name (2)`. */
function numbered(members: readonly Member[]): Map<string, Member> {
  const found = new Map<string, Member>();
  for (const member of members) {
    let name = member.name;
    for (let count = 2; found.has(name); count += 1) name = `${member.name} (${count})`;
    found.set(name, member);
  }
  return found;
}

function compareAttributes(name: string, left: Member, right: Member, place: string): Cause[] {
  const kinds = ["timestamp", "member-owner", "member-mode", "compression", "content"] as const;
  return kinds.flatMap((kind) => {
    const [a, b] = [left.attributes[kind], right.attributes[kind]];
    return a === b ? [] : [cause(kind, `${place}header of ${name}`, a ?? "absent", b ?? "absent")];
  });
}
