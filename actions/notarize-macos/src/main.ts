import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  if (runner.inputs.mode === "list") {
    const { listSubmissions } = await import("./list-submissions.ts");
    await listSubmissions(runner);
  } else {
    const { notarizeProducts } = await import("./notarize-products.ts");
    await notarizeProducts(runner);
  }
});
