import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  switch (runner.inputs.command) {
    case "check": {
      const [{ checkHakari }, { summarize }] = await Promise.all([import("./check-hakari.ts"), import("./summary.ts")]);
      return await summarize(runner, await checkHakari(runner.inputs, runner));
    }
    case "disable": {
      const { disable } = await import("./disable.ts");
      return await disable(runner);
    }
    case "restore": {
      const { restore } = await import("./restore.ts");
      return await restore(runner, runner.inputs["working-directory"]);
    }
  }
});
