/**
 * Why two files differ, in the order in which causes are shown: first those that explain others, last those that may
 * only be consequences.
 */
export const CAUSE_TITLES = {
  target: "built for another target",
  toolchain: "another compiler or linker",
  "build-path": "a path of the build machine",
  timestamp: "a date or time",
  "build-flags": "flags of the compiler that the file stores",
  "embedded-text": "a text that differs",
  "line-endings": "other line endings",
  "text-order": "the same content in another order",
  stripped: "symbols or debug information in only one file",
  "linker-options": "other linker options",
  "member-set": "members in only one archive",
  "member-order": "the order of members",
  "member-owner": "the owner of members",
  "member-mode": "the mode of members",
  "member-metadata": "other metadata of members",
  "archive-format": "another archive format",
  compression: "another compression",
  slices: "other architectures in a fat file",
  "codegen-order": "the order of functions",
  "build-id": "only the build id",
  "module-id": "another id of a .NET module",
  signature: "only the signature",
  code: "other code",
  content: "other content",
} as const;

export type CauseKind = keyof typeof CAUSE_TITLES;

export const CAUSE_KINDS = Object.keys(CAUSE_TITLES) as readonly CauseKind[]; // Its keys by its type.

export interface Cause {
  readonly kind: CauseKind;
  /** Where in the file the first evidence is, such as a section and an offset or a member of an archive. */
  readonly place: string;
  /** What the left side has there, shortened for a table; `right` likewise. */
  readonly left: string;
  readonly right: string;
  /** The number of places where this cause was found. */
  readonly count: number;
  /** What to change so that the files no longer differ for this reason. */
  readonly remedy: string;
  /** Causes with the same kind, remedy and group are merged into one. */
  readonly group: string;
}

const REMEDIES: Readonly<Record<Exclude<CauseKind, "build-path">, string>> = {
  target: "Build for the same target.",
  toolchain: "Pin the toolchain (rust-toolchain.toml) and the linker, and use the same image of the runner.",
  timestamp: "Set SOURCE_DATE_EPOCH and have the build read it instead of the clock.",
  "build-flags":
    "Pass the mapping so that it is not stored, with a compiler wrapper or a response file, or remove the flags from what the program stores.",
  "embedded-text":
    "Find what writes it. Remove a user, host, locale or commit from the output, or give both builds the same one.",
  "line-endings": "Write the same line endings on every system (`.gitattributes`: `* text eol=lf`).",
  "text-order": "Sort before writing: the order came from a folder, a hash table or threads.",
  stripped: "Use the same `strip` and `debug` settings of the profile.",
  "linker-options": "Pass the same link arguments (rustflags, LDFLAGS, linker).",
  "member-set": "Pack the same list of files.",
  "member-order": "Sort what is packed, by code unit: `tar --sort=name`, sorted arguments for ar and zip.",
  "member-owner": "Pack without owners: `tar --owner=0 --group=0 --numeric-owner`, `ar D`, `zip -X`.",
  "member-mode": "Set modes before packing, or fix them: `umask 022`, `tar --mode=u+rwX,go+rX-w`, `ar D`.",
  "member-metadata": "Pack without extended attributes and other metadata (`tar --no-xattrs --no-acls --no-selinux`).",
  "archive-format": "Pack with the same program, version and options (`tar --format=ustar`).",
  compression: "Use the same program, version, level and options for compressing (`gzip -n`).",
  slices: "Combine the same architectures, in one order.",
  "codegen-order":
    "Compile the same packages in one command (the same `-p` flags) with `codegen-units = 1`, and link inputs in one order.",
  "build-id": "Derive it from the content (`-Wl,--build-id=sha1`), or leave it out.",
  "module-id":
    "Compile with `-deterministic` (`<Deterministic>true</Deterministic>`): the id then follows from the content, and differs only with it.",
  signature: "Compare before signing, or without the signature.",
  code: "Compare the build commands, features, profile and flags: the code itself was compiled differently.",
  content: "Compare what went into the file: none of the known causes explains the difference.",
};

export interface CauseOptions {
  /** Replaces the default remedy of the kind. */
  readonly remedy?: string | undefined;
  /**
   * Causes with the same kind, remedy and group are shown as one, with their number. By default, causes with the same
   * left and right sides form a group.
   */
  readonly group?: string;
}

export function cause(
  kind: CauseKind,
  place: string,
  left: string,
  right: string,
  { remedy = remedyOf(kind, left, right), group = groupOf(kind, left, right) }: CauseOptions = {},
): Cause {
  return { kind, place, left: shorten(left), right: shorten(right), count: 1, remedy, group };
}

/** The cause for two values at the same place; none if they are equal. */
export function causeIfDifferent(...found: Parameters<typeof cause>): Cause[] {
  const [, , left, right] = found;
  return left === right ? [] : [cause(...found)];
}

/** For a path of the build machine, `left` and `right` are the differing prefixes of the path. */
function remedyOf(kind: CauseKind, left: string, right: string): string {
  if (kind !== "build-path") return REMEDIES[kind];
  const remap = [...new Set([left, right])].map((prefix) => `\`--remap-path-prefix=${prefix}=${stableName(prefix)}\``);
  return `Add ${remap.join(" or ")} to rustflags (for C and C++ \`-ffile-prefix-map\`, for Go \`-trimpath\`).`;
}

/** Paths with the same remedy are one cause, whatever was shortened in them. */
function groupOf(kind: CauseKind, left: string, right: string): string {
  return kind === "build-path" ? "" : `${left}\0${right}`;
}

/** The most causes of one kind that are shown; further ones are merged into the last. */
const MAX_OF_KIND = 20;

/** Merges causes with the same kind, remedy and group, and sorts them by kind, then by count, highest first. */
export function mergeCauses(causes: readonly Cause[]): Cause[] {
  const merged = new Map<string, Cause>();
  const kinds = new Map<string, string[]>();
  for (const one of causes) {
    const ofKind = kinds.get(one.kind) ?? [];
    const own = `${one.kind}\0${one.remedy}\0${one.group}`;
    const key = merged.has(own) || ofKind.length < MAX_OF_KIND ? own : (ofKind.at(-1) ?? own);
    const known = merged.get(key);
    if (known === undefined) kinds.set(one.kind, [...ofKind, key]);
    merged.set(key, known === undefined ? one : { ...known, count: known.count + one.count });
  }
  const rank = ({ kind }: Cause): number => CAUSE_KINDS.indexOf(kind);
  return [...merged.values()].sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}

/** The fixed names to which `reproducible-build` maps the folders of a build. */
function stableName(prefix: string): string {
  if (/\/registry(\/|$)/.test(prefix)) return "crate";
  if (/\.cargo\/git|\/git\/checkouts/.test(prefix)) return "crate-git";
  return /rustup|toolchains/.test(prefix) ? "rustup" : "src";
}

const MAX_SHOWN = 160;

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN / 2)}…${text.slice(-MAX_SHOWN / 2)}`;
}
