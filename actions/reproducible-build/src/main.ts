import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { buildReproducibly } = await import("./build-reproducibly.ts");
  await buildReproducibly(runner);
});
