import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";

void runAction(contract, async (runner) => {
  const { saveRestateImage } = await import("./save-restate-image.ts");
  await saveRestateImage(runner);
});
