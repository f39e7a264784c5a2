import type { Recipe } from "./justfile.ts";

/**
 * The targets of a makefile (GNU make manual, "Writing Rules"): prerequisites, and recipe lines that begin with a tab.
 * Variables with a plain value are replaced by it. Pattern rules and rules for several targets are left out.
 */
export function readMakefile(text: string): ReadonlyMap<string, Recipe> {
  const variables = new Map<string, string>();
  const recipes = new Map<string, Recipe>();
  let current: { names: string[]; needs: string[]; lines: string[] } | undefined;
  const finish = (): void => {
    for (const name of current?.names ?? []) {
      const known = recipes.get(name);
      const lines = (current?.lines ?? []).map(shellLine);
      const script = [...(known === undefined || known.script === "" ? [] : [known.script]), ...lines].join("\n");
      recipes.set(name, { needs: [...(known?.needs ?? []), ...(current?.needs ?? [])], script });
    }
    current = undefined;
  };
  for (const line of text.replaceAll(/\\\r?\n[ \t]*/g, " ").split(/\r?\n/)) {
    if (line.startsWith("\t")) {
      current?.lines.push(expanded(line.trim(), variables));
      continue;
    }
    if (line.trim() === "" || line.startsWith("#")) continue;
    finish();
    const [, name, value] = /^(?:export\s+)?([\w.-]+)\s*(?:\?|:{1,3})?=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) variables.set(name, expanded(value ?? "", variables));
    else current = ruleOf(line, variables);
  }
  finish();
  return recipes;
}

function ruleOf(line: string, variables: ReadonlyMap<string, string>) {
  const [, targets = "", needs = "", own = ""] = /^([^:=#]+)::?(?!=)([^;#]*)(?:;(.*))?/.exec(line) ?? [];
  const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "" && word !== "|");
  const names = words(expanded(targets, variables)).filter((name) => !name.startsWith(".") && !name.includes("%"));
  return { names, needs: words(expanded(needs, variables)), lines: own.trim() === "" ? [] : [own.trim()] };
}

/** Replaces `$(CARGO)` by its value and `$$` by the shell's `$`; a variable without a known value becomes one word. */
function expanded(text: string, variables: ReadonlyMap<string, string>): string {
  return text
    .replaceAll(/\$\((\w+)\)|\$\{(\w+)\}/g, (_whole, one: string | undefined, other: string | undefined) => {
      const name = one ?? other ?? "";
      return name === "MAKE" ? "make" : (variables.get(name) ?? "x");
    })
    .replaceAll(/(?<!\$)\$(\([^)]*\)|\{[^}]*\}|[@<^?*+])/g, "x")
    .replaceAll("$$", "$");
}

/** `@` keeps a line from being shown, and `-` keeps its failure from counting. */
function shellLine(line: string): string {
  const [, signs = "", command = ""] = /^([@+-]*)\s*(.*)$/.exec(line) ?? [];
  return signs.includes("-") ? `${command} || true` : command;
}
