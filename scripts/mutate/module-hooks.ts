// Lets one process load the modules of a package again for each mutant, and only those that the mutant can reach.
import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { applyMutant, type Mutant } from "./mutants.ts";

/** What the next imports are to load: modules out of `reload` are loaded anew, one of them with the change. */
interface Loading {
  readonly mutant: Mutant | undefined;
  readonly reload: ReadonlySet<string>;
}

const JEST_GLOBALS = new URL("./jest-globals.ts", import.meta.url).href;

let loading: Loading = { mutant: undefined, reload: new Set() };
let generation = 0;
const stripped = new Map<string, string>();
const resolved = new Map<string, string>();
const importers = new Map<string, Set<string>>();

/** The files that imported a file so far, by its path. */
export const importersOf = (file: string): Iterable<string> => importers.get(file) ?? [];

export function loadAnew(next: Loading): void {
  loading = next;
  generation += 1;
}

/** From here on, TypeScript outside of node_modules is loaded with its types taken out, and jest's functions are those of circus. */
export function hookModules(): void {
  const isOwn = (url: string): boolean => /^file:(?!.*\/node_modules\/).*\.ts$/.test(url);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === "@jest/globals") return { url: JEST_GLOBALS, shortCircuit: true };
      const parent = context.parentURL?.replace(/\?.*/, "") ?? "";
      const key = `${specifier}\0${parent}`;
      const known = resolved.get(key);
      const found = known === undefined ? nextResolve(specifier, context) : { url: known };
      if (!isOwn(found.url)) return found;
      resolved.set(key, found.url);
      const file = fileURLToPath(found.url);
      if (isOwn(parent)) importers.set(file, (importers.get(file) ?? new Set()).add(fileURLToPath(parent)));
      const url = loading.reload.has(file) ? `${found.url}?generation=${generation}` : found.url;
      return { url, format: "module", shortCircuit: true };
    },
    load(url, context, nextLoad) {
      const plain = url.replace(/\?.*/, "");
      // As bundlers and jest do, and Node does not, JSON is loaded without an attribute.
      if (plain.endsWith(".json") && context.conditions.includes("import")) {
        const source = `export default ${readFileSync(fileURLToPath(plain), "utf8")}`;
        return { format: "module", source, shortCircuit: true };
      }
      if (!isOwn(plain)) return nextLoad(url, context);
      return { format: "module", source: sourceOf(fileURLToPath(plain)), shortCircuit: true };
    },
  });
}

/** Types become spaces, so that each place in the file stays where it was. */
function sourceOf(file: string): string {
  if (loading.mutant?.file === file)
    return stripTypeScriptTypes(applyMutant(readFileSync(file, "utf8"), loading.mutant));
  const source = stripped.get(file) ?? stripTypeScriptTypes(readFileSync(file, "utf8"));
  stripped.set(file, source);
  return source;
}
