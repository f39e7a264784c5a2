/** A recipe of a justfile: the recipes that it depends on, and its script. */
export interface Recipe {
  readonly needs: readonly string[];
  /** One shell script for each line, or the whole body where it begins with `#!`. */
  readonly script: string;
}

/** Reads the recipes of a justfile (manual, "Recipes"): name, parameters, colon, dependencies, and an indented body. */
export function readJustfile(text: string): ReadonlyMap<string, Recipe> {
  const recipes = new Map<string, Recipe>();
  let current: { name: string; needs: string[]; lines: string[] } | undefined;
  const finish = (): void => {
    if (current !== undefined) recipes.set(current.name, { needs: current.needs, script: scriptOf(current.lines) });
    current = undefined;
  };
  for (const line of text.split("\n")) {
    if (/^\s+\S/.test(line) && current !== undefined) {
      current.lines.push(line.trim());
      continue;
    }
    if (line.trim() === "") continue;
    const [, name, , needs = ""] = /^@?([A-Za-z_][\w-]*)((?:\s+[^:=]+)?)\s*:(?!=)([^#]*)/.exec(line) ?? [];
    finish();
    if (name !== undefined)
      current = {
        name,
        needs: needs
          .replaceAll("&&", " ")
          .split(/[\s()]+/)
          .filter((word) => word !== ""),
        lines: [],
      };
  }
  finish();
  return recipes;
}

/** `@` keeps a line from being shown, and `-` keeps its failure from counting. */
function scriptOf(lines: readonly string[]): string {
  if (lines[0]?.startsWith("#!") === true) return /\b(ba)?sh\b/.test(lines[0]) ? lines.slice(1).join("\n") : "";
  return lines
    .map((line) => line.replaceAll(/\{\{.*?\}\}/g, "x"))
    .map((line) => (/^@?-/.test(line) ? `${line.replace(/^@?-@?/, "")} || true` : line.replace(/^@/, "")))
    .join("\n");
}
