import type { Runner } from "@release-actions/action-kit";
import type { contract } from "./action.gen.ts";

export type PublishRunner = Runner<typeof contract>;
