import type { RandomAccessSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { type Cause, type CauseKind, type CauseOptions, cause } from "./cause.ts";
import type { Context, Excerpt, Findings, Part } from "./context.ts";

/** How many differing members are compared in detail; the others are only listed. */
const MAX_EXPLAINED = 100;

const ATTRIBUTE_KINDS = [
  "timestamp",
  "member-owner",
  "member-mode",
  "member-metadata",
  "compression",
  "archive-format",
  "content",
] as const satisfies readonly CauseKind[];

/** A member of an archive of any format. */
export interface Member {
  readonly name: string;
  /** The metadata in the archive, under the kind of cause that a difference would be. */
  readonly attributes: Readonly<Partial<Record<(typeof ATTRIBUTE_KINDS)[number], string>>>;
  /** Further metadata by name, such as PAX records; differences are reported as `member-metadata`. */
  readonly records?: ReadonlyMap<string, string>;
  /** Opens the content. The caller opens one member of an archive at a time and closes it. */
  open(): Promise<RandomAccessSource & { close?(): Promise<void> }>;
}

export interface MembersOptions {
  /** Remedies for kinds of causes that are specific to this archive format. */
  readonly remedies?: Readonly<Partial<Record<CauseKind, string>>>;
}

/** Compares members by name: the set of names, their order, their metadata and their contents. */
export async function explainMembers(
  left: readonly Member[],
  right: readonly Member[],
  context: Context,
  { remedies = {} }: MembersOptions = {},
): Promise<Findings> {
  const a = numbered(left);
  const b = withoutOtherCompression(numbered(right), a);
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
  const excerpts: Excerpt[] = [];
  for (const name of common) {
    const [one, other] = [a.get(name), b.get(name)];
    if (one === undefined || other === undefined) continue;
    context.signal?.throwIfAborted();
    causes.push(...compareAttributes(name, one, other, context.place, remedies));
    const found = await explainMember(name, one, other, context, parts.length < MAX_EXPLAINED);
    if (found === undefined) continue;
    parts.push(found.part);
    causes.push(...found.causes);
    excerpts.push(...(found.excerpts ?? []));
  }
  if (parts.length > MAX_EXPLAINED)
    context.warn(`${context.place}${parts.length - MAX_EXPLAINED} more members differ and were not compared in detail`);
  return { causes, parts, excerpts };
}

async function explainMember(
  name: string,
  one: Member,
  other: Member,
  context: Context,
  isExplained: boolean,
): Promise<(Omit<Findings, "parts"> & { part: Part }) | undefined> {
  const source = await one.open();
  const counterpart = await other.open();
  try {
    const map = await mapBytes(source, counterpart, context.signal);
    if (map.differing === 0) return undefined;
    const part = { name, left: source.size, right: counterpart.size, differing: map.differing };
    if (!isExplained) return { part, causes: [] };
    const inside = { ...context, place: `${context.place}${name}: `, depth: context.depth + 1 };
    const { causes, excerpts } = await context.explain(source, counterpart, inside);
    return { part, causes, ...(excerpts && { excerpts }) };
  } finally {
    await source.close?.();
    await counterpart.close?.();
  }
}

/** Members by name. An archive may have several members of one name; the second becomes `name (2)`. */
function numbered(members: readonly Member[]): Map<string, Member> {
  const found = new Map<string, Member>();
  for (const member of members) {
    let name = member.name;
    for (let count = 2; found.has(name); count += 1) name = `${member.name} (${count})`;
    found.set(name, member);
  }
  return found;
}

const COMPRESSED = /\.(?:gz|xz|zst|bz2)$/;

/** Renames members that the other archive has with another compression (`data.tar.xz`, `data.tar.gz`) to the name used there. */
function withoutOtherCompression(
  members: ReadonlyMap<string, Member>,
  others: ReadonlyMap<string, Member>,
): Map<string, Member> {
  const stems = new Map(
    [...others.keys()]
      .filter((name) => COMPRESSED.test(name) && !members.has(name))
      .map((name) => [name.replace(COMPRESSED, ""), name]),
  );
  const nameOf = (name: string): string =>
    COMPRESSED.test(name) && !others.has(name) ? (stems.get(name.replace(COMPRESSED, "")) ?? name) : name;
  return new Map([...members].map(([name, member]) => [nameOf(name), member]));
}

function compareAttributes(
  name: string,
  left: Member,
  right: Member,
  place: string,
  remedies: NonNullable<MembersOptions["remedies"]>,
): Cause[] {
  const at = `${place}header of ${name}`;
  // All members of an archive share one cause, whose place is the first of them.
  const options = (kind: CauseKind, what: string = kind): CauseOptions => {
    const remedy = remedies[kind];
    return { group: `${place}${what}`, ...(remedy === undefined ? {} : { remedy }) };
  };
  const attributes = ATTRIBUTE_KINDS.flatMap((kind) => {
    const [a, b] = [left.attributes[kind], right.attributes[kind]];
    return a === b ? [] : [cause(kind, at, a ?? "absent", b ?? "absent", options(kind))];
  });
  const keys = new Set([...(left.records?.keys() ?? []), ...(right.records?.keys() ?? [])]);
  const records = [...keys].flatMap((key) => {
    const [a, b] = [left.records?.get(key), right.records?.get(key)];
    if (a === b) return [];
    return [cause("member-metadata", `${at}, ${key}`, a ?? "absent", b ?? "absent", options("member-metadata", key))];
  });
  return [...attributes, ...records];
}
