import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { notarizeProducts } = await import("./notarize-products.ts");
  await notarizeProducts(runner);
});
