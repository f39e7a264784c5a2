import type { Runner } from "@release-actions/action-kit";
import type { contract } from "./action.gen.ts";

export type BuildRunner = Runner<typeof contract>;
