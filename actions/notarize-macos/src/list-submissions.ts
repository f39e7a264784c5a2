import { realWorld } from "@release-actions/notary";
import type { ActionRunner } from "./action.gen.ts";
import { readCredentials } from "./credentials.ts";
import { openService } from "./service.ts";
import { summarizeHistory } from "./summary.ts";

/** Shows what the team has submitted lately. Nothing is submitted, and no file is looked at. */
export async function listSubmissions(runner: ActionRunner): Promise<void> {
  const credentials = readCredentials(runner.inputs);
  const world = realWorld(runner, runner.env, runner.signal);
  const service = await openService(runner, credentials, world);
  const history = await service.list();
  summarizeHistory(runner, history);
}
