import path from "node:path";
import { groupFlags, readConfigFile } from "@release-actions/cargo";
import { entryOf, stringsOf, type TomlNode, tableOf } from "@release-actions/toml";
import { type Fact, placeOf, type Relation, type Site } from "../fact.ts";
import { type FlagPlace, flagPlaces } from "../flags/flag-places.ts";
import { matchesTarget } from "../flags/targets.ts";
import type { Repository } from "../locate/repository.ts";
import { type Finding, missingIn } from "../relation.ts";
import { type Detected, NOTHING, type Sources } from "./detected.ts";
import { distTables } from "./image-sites.ts";

interface Table {
  readonly key: string;
  readonly site: Site;
}

/**
 * Checks that each `RUSTFLAGS` variable repeats the flags of the cargo configuration: cargo takes flags from one place
 * only, and the variable has priority.
 */
export function detectFlags(sources: Sources): Detected {
  const { repository } = sources;
  const file = [".cargo/config", ".cargo/config.toml"].find((name) => repository.has(name));
  const root =
    file && repository.attempt(file, () => readConfigFile(path.join(repository.root, file), repository.root));
  if (root === undefined || root === "") return NOTHING;
  const spelling = new Map<string, string>();
  const common = flagSite(entryOf(tableOf(root, "build"), "rustflags"), spelling);
  const tables = [...(tableOf(root, "target")?.entries ?? [])].flatMap(([key, table]): Table[] => {
    const site = flagSite(entryOf(table, "rustflags"), spelling);
    return site === undefined ? [] : [{ key, site }];
  });
  if (common === undefined && tables.length === 0) return NOTHING;
  const places = flagPlaces(sources, releasedTargets(repository));
  const appended = places.map((place) => ({ ...place, site: appendable(place.site, spelling) }));
  const factOf = (name: FlagPlace["fact"]): Fact => ({
    name,
    sites: appended.filter(({ fact }) => fact === name).map(({ site }) => site),
  });
  const facts: Fact[] = [
    { name: "config rustflags", sites: common === undefined ? [] : [common] },
    ...tables.map(({ key, site }) => ({ name: `flags of ${key}`, sites: [site] })),
    factOf("RUSTFLAGS"),
    factOf("release RUSTFLAGS"),
  ];
  return { ...NOTHING, facts, findings: appended.flatMap((place) => judge(place, common, tables)) };
}

/** Makes one finding for a place, with all flags that it hides: those of `[build]` and those of the targets that are built there. */
function judge(place: FlagPlace, common: Site | undefined, tables: readonly Table[]): Finding[] {
  const { site, targets, use } = place;
  // A target with flags of its own does not get those of [build].
  const needsCommon =
    targets.length === 0 || targets.some((target) => !tables.some(({ key }) => matchesTarget(key, target)));
  const missing = needsCommon && common !== undefined ? missingIn(common, site) : [];
  const hidden = tables.filter(
    ({ key, site: leader }) =>
      targets.some((target) => matchesTarget(key, target)) && missingIn(leader, site).length > 0,
  );
  const [first] = hidden;
  const leader = missing.length > 0 ? common : first?.site;
  if (leader === undefined) return [];
  const severity = missing.length > 0 && use === "ships" ? "error" : "warning";
  const others = new Set(
    hidden.flatMap((table) => missingIn(table.site, site)).filter((flag) => !missing.includes(flag)),
  );
  const what = [
    missing.length > 0 ? `hides ${missing.join(" ")} of [build] at ${placeOf(leader)}` : "",
    others.size > 0
      ? `hides ${[...others].join(" ")} of ${hidden.map(({ key, site: at }) => `[target.${quoteKey(key)}] at ${placeOf(at)}`).join(", ")}`
      : "",
  ].filter((text) => text !== "");
  const message = `${place.says} ${what.join(", and ")}: cargo reads one of the two`;
  const rule: Relation = {
    name: "flags",
    kind: "subset",
    leader: missing.length > 0 ? "config rustflags" : `flags of ${first?.key}`,
    followers: [place.fact],
  };
  const repair = severity === "error" ? ({ kind: "append", items: missing } as const) : undefined;
  return [{ relation: rule, fact: place.fact, severity, message, leader, follower: site, repair }];
}

function quoteKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : `'${key}'`;
}

function releasedTargets(repository: Repository): string[] {
  return distTables(repository).flatMap(({ table }) => stringsOf(table, "targets").map(({ value }) => value));
}

function flagSite(node: TomlNode | undefined, spelling: Map<string, string>): Site | undefined {
  if (node === undefined || (node.kind !== "string" && node.kind !== "array")) return undefined;
  const words =
    node.kind === "string"
      ? node.value.split(/\s+/)
      : node.items.flatMap((item) => (item.kind === "string" ? [item.value] : []));
  const flags = flagsOf(words);
  if (flags.length === 0) return undefined;
  for (const { canonical, args } of flags) spelling.set(canonical, args.map(({ value }) => value).join(" "));
  // This site is a leader, so it needs no rewrite. Its items may come from several files.
  return { value: words.join(" "), items: flags.map(({ canonical }) => canonical), location: node.location };
}

function flagsOf(words: readonly string[]) {
  return groupFlags(words.filter((word) => word !== "").map((value) => ({ value })));
}

function appendable(site: Site, spelling: ReadonlyMap<string, string>): Site {
  const { rewrite, value } = site;
  const items = flagsOf(value.split(/\s+/)).map(({ canonical }) => canonical);
  if (rewrite === undefined) return { ...site, items };
  const append = (added: readonly string[]) =>
    rewrite([value.trim(), ...added.map((item) => spelling.get(item) ?? item)].filter((part) => part !== "").join(" "));
  return { ...site, items, append };
}
