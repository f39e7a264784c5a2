import type { ActionRunner } from "./action.gen.ts";

/** The values of the input `command`, with their functions; each loads only the modules that it needs. */
export const COMMANDS: Readonly<Record<ActionRunner["inputs"]["command"], (runner: ActionRunner) => Promise<void>>> = {
  check: async (runner) => {
    const [{ checkHakari }, { summarize }] = await Promise.all([import("./check-hakari.ts"), import("./summary.ts")]);
    await summarize(runner, await checkHakari(runner));
  },
  disable: async (runner) => (await import("./disable.ts")).disable(runner),
  restore: async (runner) => (await import("./restore.ts")).restore(runner, runner.inputs["working-directory"]),
};
