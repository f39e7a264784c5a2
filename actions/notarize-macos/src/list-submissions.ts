import { realWorld } from "@release-actions/notary";
import type { ActionRunner } from "./action.gen.ts";
import { readCredentials } from "./credentials.ts";
import { openService } from "./service.ts";
import { summarizeHistory } from "./summary.ts";

/** Shows the team's recent submissions. Submits nothing and reads no files. */
export async function listSubmissions(runner: ActionRunner): Promise<void> {
  const credentials = readCredentials(runner.inputs);
  const world = realWorld(runner, runner.env, runner.signal);
  const service = await openService(runner, credentials, world);
  const history = await service.list();
  summarizeHistory(runner, history);
}
