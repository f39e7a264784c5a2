import { realWorld } from "@release-actions/notary";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { readCredentials } from "./credentials.ts";
import { openService } from "./service.ts";

/** Shows what the team has submitted lately. Nothing is submitted, and no file is looked at. */
export async function listSubmissions(runner: ActionRunner): Promise<void> {
  const credentials = readCredentials(runner.inputs);
  const world = realWorld(runner, runner.env, runner.signal);
  const service = await openService(runner, credentials, world);
  const history = await service.list();
  runner.info(countOf(history.length, "submission"));
  for (const { id, status, createdDate, name } of history) runner.info(`${createdDate}  ${id}  ${status}  ${name}`);
  runner.setOutput("history", history);
  runner.summary.heading("Submissions to Apple");
  runner.summary.table(
    ["created", "submission", "status", "name"],
    history.map(({ id, status, createdDate, name }) => [createdDate, `\`${id}\``, status, name]),
  );
}
