import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The part of webpack's statistics that is used here (webpack.js.org/api/stats/#module-object). */
export interface Stats {
  readonly modules: readonly { readonly id: number | null; readonly name: string }[];
}

/**
 * Patterns for the places where a script contains a module's number: as a key of the table of modules, in a call, and in a
 * function that is called later. The called function is ncc's in the first script of a bundle, and webpack's in the others.
 */
const PLACES = [
  /^(\/\*\*\*\/ )(\d+)(?=:)/gm,
  /(__(?:nccwpck|webpack)_require__\()(\d+)(?=\))/g,
  /(\.bind\(__(?:nccwpck|webpack)_require__, )(\d+)(?=[,)])/g,
];

/** The table of modules in a package that is itself a webpack bundle; its numbers are independent and must not change. */
const NESTED_TABLE = /(^\/\*{6}\/ \t+var __webpack_modules__ = \(\{[\s\S]*?^\/\*{6}\/ \t+\}\);)/m;

/**
 * Gives each module of a bundle a number that depends only on the module's name. Webpack numbers modules per bundle, so a
 * part that several bundles share would differ in each of them and be stored several times in a release.
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
    // Every second part is the table of a nested bundle.
    writeFileSync(file, parts.map((part, index) => (index % 2 === 1 ? part : PLACES.reduce(renumber, part))).join(""));
  }
}

/** The stable number for each of webpack's numbers, both as text in the script. */
export function stableIds({ modules }: Stats): Map<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<number>();
  // "a.js + 3 modules" is named "a.js", because the number of concatenated modules may differ between bundles.
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
