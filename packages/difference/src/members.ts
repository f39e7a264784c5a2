import { mapBytes } from "./byte-map.ts";
import { type Cause, type CauseKind, cause } from "./cause.ts";
import { type Context, type Findings, inside, joinFindings } from "./context.ts";
import { both, onlyIn, type Pair } from "./pair.ts";
import type { TemporarySource } from "./spool.ts";

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
  /** Opens the content. The caller opens one member of an archive at a time and disposes of it. */
  open(): Promise<TemporarySource>;
}

/** Remedies for kinds of causes that are specific to an archive format. */
export type Remedies = Readonly<Partial<Record<CauseKind, string>>>;

/** Compares members by name: the set of names, their order, their metadata and their contents. */
export async function explainMembers(
  [left, right]: Pair<readonly Member[]>,
  context: Context,
  remedies: Remedies = {},
): Promise<Findings> {
  const a = numbered(left);
  const b = withoutOtherCompression(numbered(right), a);
  const all: Findings[] = [{ causes: compareNames(a, b, context.place) }];
  let differing = 0;
  for (const [name, one] of a) {
    const other = b.get(name);
    if (other === undefined) continue;
    context.signal?.throwIfAborted();
    all.push({ causes: compareAttributes(name, [one, other], context.place, remedies) });
    const content = await explainMember(name, [one, other], context, differing < MAX_EXPLAINED);
    if (content === undefined) continue;
    differing += 1;
    all.push(content);
  }
  if (differing > MAX_EXPLAINED)
    context.warn(`${context.place}${differing - MAX_EXPLAINED} more members differ and were not compared in detail`);
  return joinFindings(all);
}

/** Compares the set of names and the order of those that both sides have. */
function compareNames(a: ReadonlyMap<string, Member>, b: ReadonlyMap<string, Member>, place: string): Cause[] {
  const causes: Cause[] = [];
  const only = onlyIn([[...a.keys()], [...b.keys()]]);
  if (only.some(({ length }) => length > 0))
    causes.push(cause("member-set", `${place}members`, ...both(only, (names) => names.join(", ") || "-")));
  const common = [...a.keys()].filter((name) => b.has(name));
  const commonRight = [...b.keys()].filter((name) => a.has(name));
  const moved = common.findIndex((name, index) => name !== commonRight[index]);
  if (moved >= 0) {
    const show = (names: readonly string[]): string => names.slice(moved, moved + 4).join(", ");
    causes.push(cause("member-order", `${place}member ${moved + 1}`, show(common), show(commonRight)));
  }
  return causes;
}

/** Compares the contents of a member; undefined if they are equal. */
async function explainMember(
  name: string,
  [one, other]: Pair<Member>,
  context: Context,
  isExplained: boolean,
): Promise<Findings | undefined> {
  await using left = await one.open();
  await using right = await other.open();
  const { differing } = await mapBytes([left, right], context.signal);
  if (differing === 0) return undefined;
  const parts = [{ name, left: left.size, right: right.size, differing }];
  if (!isExplained) return { causes: [], parts };
  return { ...(await context.explain([left, right], inside(context, `${name}: `))), parts };
}

/** The members or images by name. If several have the same name, the second becomes `name (2)`. */
export function numbered<T extends { readonly name: string }>(items: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const item of items) {
    let { name } = item;
    for (let count = 2; found.has(name); count += 1) name = `${item.name} (${count})`;
    found.set(name, item);
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

function compareAttributes(name: string, [left, right]: Pair<Member>, place: string, remedies: Remedies): Cause[] {
  const at = `${place}header of ${name}`;
  const keys = new Set([...(left.records?.keys() ?? []), ...(right.records?.keys() ?? [])]);
  const fields = [
    ...ATTRIBUTE_KINDS.map((kind) => ({ kind, at, what: kind, a: left.attributes[kind], b: right.attributes[kind] })),
    ...[...keys].map((key) => ({
      kind: "member-metadata" as const,
      at: `${at}, ${key}`,
      what: key,
      a: left.records?.get(key),
      b: right.records?.get(key),
    })),
  ];
  return fields.flatMap(({ kind, at: where, what, a, b }) => {
    if (a === b) return [];
    // All members of an archive share one cause, whose place is the first of them.
    const options = { group: `${place}${what}`, remedy: remedies[kind] };
    return cause(kind, where, a ?? "absent", b ?? "absent", options);
  });
}
