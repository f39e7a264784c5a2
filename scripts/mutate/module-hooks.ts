// Lets one process reload the modules of a package for each mutant: only those that depend on the changed file.
import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { applyMutant, type Mutant } from "./mutants.ts";

/** How the next imports load modules: those in `reload` are loaded again, one of them with the mutant's change. */
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

/** The files that have imported the file so far. */
export const importersOf = (file: string): Iterable<string> => importers.get(file) ?? [];

export function loadAnew(next: Loading): void {
  loading = next;
  generation += 1;
}

/** Installs the hooks: TypeScript outside node_modules is loaded without its types, and jest's functions come from jest-circus. */
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
      // JSON is loaded without an import attribute, as in bundlers and jest but not in Node.
      if (plain.endsWith(".json") && context.conditions.includes("import")) {
        const source = `export default ${readFileSync(fileURLToPath(plain), "utf8")}`;
        return { format: "module", source, shortCircuit: true };
      }
      if (!isOwn(plain)) return nextLoad(url, context);
      return { format: "module", source: sourceOf(fileURLToPath(plain)), shortCircuit: true };
    },
  });
}

/** The source of a file in which types are replaced by spaces, so that all offsets stay the same. */
function sourceOf(file: string): string {
  if (loading.mutant?.file === file)
    return stripTypeScriptTypes(applyMutant(readFileSync(file, "utf8"), loading.mutant));
  const source = stripped.get(file) ?? stripTypeScriptTypes(readFileSync(file, "utf8"));
  stripped.set(file, source);
  return source;
}
