import { NotaryError, NotaryHttpError, NotaryTimeout } from "./error.ts";
import type { World } from "./http.ts";
import type { NotaryService, StatusAnswer } from "./service.ts";

/** Most submissions are done within a minute or two; some take an hour. */
const FIRST_INTERVAL_MS = 5000;
const MAX_INTERVAL_MS = 30_000;
const GROWTH = 1.3;
/**
 * The limit for consecutive error answers, about five minutes. Right after a submission Apple may not know its id yet,
 * and a proxy in between may answer with a web page.
 */
const MAX_REFUSALS = 15;

/**
 * Polls until Apple has a verdict. Failed requests do not end the wait, since Apple continues without them. A status
 * that Apple's documentation does not name is not a verdict.
 *
 * @param deadline in milliseconds since 1970
 * @throws NotaryTimeout at the deadline; NotaryHttpError after too many error answers or if the credentials are refused
 */
export async function waitForVerdict(
  service: NotaryService,
  id: string,
  deadline: number,
  world: World,
): Promise<StatusAnswer> {
  let interval = FIRST_INTERVAL_MS;
  let last = "";
  let refusals = 0;
  for (;;) {
    const answer = await askPatiently(service, id, world);
    if (answer instanceof NotaryError) {
      last = answer.message;
      refusals = answer instanceof NotaryHttpError ? refusals + 1 : 0;
      if (refusals === MAX_REFUSALS) throw answer;
    } else {
      refusals = 0;
      if (answer.text !== last) world.reporter.info(`${id}: ${answer.text}`);
      last = answer.text;
      if (answer.status !== "in-progress" && answer.status !== "other") return answer;
    }
    const left = deadline - Date.now();
    if (left <= 0) {
      throw new NotaryTimeout(`Apple has no verdict on ${id} yet; the last answer was: ${last}`, {
        advice:
          "Run again with the output `submissions` of this run in the input `submissions`: the submission is resumed, not repeated.",
      });
    }
    await world.sleep(Math.min(interval * (0.9 + 0.2 * Math.random()), left), world.signal);
    interval = Math.min(interval * GROWTH, MAX_INTERVAL_MS);
  }
}

/** Statuses that mean refused credentials. They are thrown, while other errors are returned as answers. */
const DENIED: readonly number[] = [401, 403];

async function askPatiently(service: NotaryService, id: string, world: World): Promise<StatusAnswer | NotaryError> {
  try {
    return await service.status(id);
  } catch (error) {
    world.signal?.throwIfAborted();
    if (!(error instanceof NotaryError)) throw error;
    if (error instanceof NotaryHttpError && DENIED.includes(error.status)) throw error;
    world.reporter.problem({ level: "notice", message: `${id}: ${error.message}; still waiting` });
    return error;
  }
}
