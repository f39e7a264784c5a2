import { type Recipe, readJustfile } from "./justfile.ts";
import { type ActionStep, readActionSteps } from "./local-action.ts";
import { readMakefile } from "./makefile.ts";

/** The texts of the files that workflows call, as they are in the repository. */
export interface ScriptTexts {
  readonly justfile?: string;
  readonly makefile?: string;
  /** The text of `action.yml` by the folder of the action: `./.github/actions/test`. */
  readonly actions?: ReadonlyMap<string, string>;
}

/** The recipes and actions that are searched for promised commands. */
export interface RepositoryScripts {
  /** The recipes by their names, for each program that runs them. */
  readonly recipes: Readonly<Record<"just" | "make", ReadonlyMap<string, Recipe>>>;
  readonly actions: ReadonlyMap<string, readonly ActionStep[]>;
}

export function readScripts({ justfile = "", makefile = "", actions = new Map() }: ScriptTexts): RepositoryScripts {
  return {
    recipes: { just: readJustfile(justfile), make: readMakefile(makefile) },
    actions: new Map([...actions].map(([folder, text]) => [folder, readActionSteps(text, `${folder}/action.yml`)])),
  };
}

/** The folders of the local actions that a workflow names: `./x`, or `$/x` for the running commit. */
export function localActionsIn(text: string): string[] {
  const found = [...text.matchAll(/uses:\s*["']?[.$](\/[\w./-]+)/g)].map(([, folder]) => `.${folder}`);
  return [...new Set(found.filter((folder) => !/\.ya?ml$/.test(folder)))];
}
