import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { CommandFileError, checkSummary, parseKeyValueFile, parsePathFile } from "./command-files.ts";

const NAMES = ["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"] as const;

/** What a step left in its command files. */
export interface StepCommands {
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables it set for the steps that follow. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders it put on the PATH of the steps that follow, the foremost first. */
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

  /** `problems` fail the step: what a runner says of a file that it cannot accept. */
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
