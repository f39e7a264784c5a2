import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { CommandFileError, checkSummary, parseKeyValueFile, parsePathFile } from "./command-files.ts";

const NAMES = ["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"] as const;

/** The content of a step's command files. */
export interface StepCommands {
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables that it set for later steps. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that it put on the PATH of later steps, in the order in which they are searched. */
  readonly path: readonly string[];
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** The command files of one step: empty at first, read when it has ended. */
export class StepFiles {
  /** GITHUB_OUTPUT and its siblings. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(env: Readonly<Record<string, string>>) {
    this.env = env;
  }

  static async create(folder: string, step: number): Promise<StepFiles> {
    await mkdir(folder, { recursive: true });
    const file = (name: string): string => path.join(folder, `${name.toLowerCase()}_${step}`);
    const env = Object.fromEntries(NAMES.map((name) => [`GITHUB_${name}`, file(name)]));
    await Promise.all(Object.values(env).map((it) => writeFile(it, "")));
    return new StepFiles(env);
  }

  /** Reads the files. `problems` are the runner's messages about files that it does not accept; they fail the step. */
  async read(): Promise<StepCommands & { readonly problems: readonly string[] }> {
    const problems: string[] = [];
    const accepted = <T>(parse: () => T, otherwise: T): T => {
      try {
        return parse();
      } catch (error) {
        if (!(error instanceof CommandFileError)) throw error;
        problems.push(error.message);
        return otherwise;
      }
    };
    const [outputs = "", env = "", folders = "", state = "", summary = ""] = await Promise.all(
      NAMES.map(async (name) => await readFile(this.env[`GITHUB_${name}`] ?? "", "utf8")),
    );
    return {
      outputs: accepted(() => parseKeyValueFile(outputs, "output"), {}),
      env: accepted(() => parseKeyValueFile(env, "env"), {}),
      path: parsePathFile(folders),
      state: accepted(() => parseKeyValueFile(state, "state"), {}),
      summary: accepted(() => checkSummary(summary), ""),
      problems,
    };
  }
}
