import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The part of webpack's statistics that is read here (webpack.js.org/api/stats/#module-object). */
export interface Stats {
  readonly modules: readonly { readonly id: number | null; readonly name: string }[];
}

/**
 * Where a script names a module: as a key of the table of modules, in a call, and in what is called later. The
 * function is ncc's own in the first script of a bundle, and webpack's in the others.
 */
const PLACES = [
  /^(\/\*\*\*\/ )(\d+)(?=:)/gm,
  /(__(?:nccwpck|webpack)_require__\()(\d+)(?=\))/g,
  /(\.bind\(__(?:nccwpck|webpack)_require__, )(\d+)(?=[,)])/g,
];

/** The table of a package that is a bundle of webpack's itself: its numbers are its own. */
const NESTED_TABLE = /(^\/\*{6}\/ \t+var __webpack_modules__ = \(\{[\s\S]*?^\/\*{6}\/ \t+\}\);)/m;

/**
 * Gives each module of a bundle a number that depends on its name alone. Webpack numbers them so that no two of one
 * bundle meet, so a part that several bundles have would differ in each, and stand in a release several times.
 */
export function makeIdsStable(folder: string, stats: Stats): void {
  const ids = stableIds(stats);
  for (const name of readdirSync(folder).filter((file) => /\.[cm]?js$/.test(file))) {
    const file = path.join(folder, name);
    const renumber = (text: string, place: RegExp): string =>
      text.replace(place, (whole, before: string, id: string) => {
        const stable = ids.get(id);
        if (stable === undefined)
          throw new Error(`${file}: webpack's statistics lack the module ${id} of \`${whole}\``);
        return before + stable;
      });
    const parts = readFileSync(file, "utf8").split(NESTED_TABLE);
    // Every second part is a table of another bundle.
    writeFileSync(file, parts.map((part, index) => (index % 2 === 1 ? part : PLACES.reduce(renumber, part))).join(""));
  }
}

/** From webpack's number to ours, both as they are written. */
export function stableIds({ modules }: Stats): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<number>();
  // "a.js + 3 modules" is "a.js", whichever modules a bundle could put into it.
  const named = modules.flatMap(({ id, name }) =>
    id === null || ids.has(String(id)) ? [] : [{ id, name: name.replace(/ \+ \d+ modules$/, "") }],
  );
  for (const { id, name } of named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id))) {
    if (ids.has(String(id))) continue;
    let number = createHash("sha256").update(name).digest().readUInt32BE() % 1_000_000_000;
    while (taken.has(number)) number += 1;
    taken.add(number);
    ids.set(String(id), String(number));
  }
  return ids;
}
