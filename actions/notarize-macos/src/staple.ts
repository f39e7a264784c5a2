import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Product } from "@release-actions/macos-product";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

/** Kinds of files that can hold a ticket. A zip, a tar and a bare binary cannot. */
const HOLDS_TICKET: readonly string[] = ["disk-image", "installer", "bundle"];

/** How long to wait for the ticket: Apple's public servers have it seconds, sometimes minutes, after the verdict. */
const WAITING_MS = 10 * 60_000;
const FIRST_INTERVAL_MS = 3000;
const MAX_INTERVAL_MS = 30_000;

/** Failures that waiting cannot fix. Others ("Error 65", "Record not found") mean that there is no ticket yet. */
const IS_LASTING = /incapable of working|not signed|not a valid|no such file|unable to write|permission denied/i;

/** The result of stapling, as the summary shows it. */
export type Stapled = "stapled" | "not stapled" | "cannot hold a ticket";

export async function stapleTicket(runner: ActionRunner, product: Product): Promise<Stapled> {
  const name = path.basename(product.path);
  if (!HOLDS_TICKET.includes(product.kind)) {
    runner.info(
      `${name}: a ${product.kind} cannot hold a ticket. That is fine: macOS asks Apple for it when the program is first run.`,
    );
    return "cannot hold a ticket";
  }
  const { staple } = runner.inputs;
  if (staple === "never") return "not stapled";
  const notAttached = (message: string, advice: string): Stapled => {
    if (staple === "always") throw new Fault(message, { advice });
    runner.problem({ level: "warning", message: `${message}. ${advice}` });
    return "not stapled";
  };
  const stapler = await findStapler(runner);
  if (stapler === undefined) {
    return notAttached(
      `${name} is notarized, but its ticket was not attached: neither stapler (Xcode) nor rcodesign was found`,
      "Without a ticket, the Mac must be online when the file is first opened. Staple the file on macOS, or install rcodesign.",
    );
  }
  const until = Date.now() + WAITING_MS;
  for (let interval = FIRST_INTERVAL_MS; ; interval = Math.min(interval * 2, MAX_INTERVAL_MS)) {
    const result = await runner.exec(stapler[0], [...stapler.slice(1), product.path], { check: false });
    if (result.exitCode === 0) return "stapled";
    const isLasting = IS_LASTING.test(result.stdout + result.stderr);
    if (!isLasting && Date.now() + interval < until) {
      runner.info(`${name}: the ticket is not there yet, next try in ${interval / 1000} s`);
      await sleep(interval, undefined, { signal: runner.signal });
      continue;
    }
    const advice = isLasting
      ? "See what the stapler says above."
      : "Run again: the submission is resumed, and the ticket may be there by then.";
    return notAttached(`${name} is notarized, but its ticket could not be attached`, advice);
  }
}

async function findStapler(runner: ActionRunner): Promise<[string, ...string[]] | undefined> {
  const works = async (command: string, args: readonly string[]): Promise<boolean> =>
    (await runner.exec(command, args, { check: false, onOutput: () => undefined })).exitCode === 0;
  if (await works("xcrun", ["--find", "stapler"])) return ["xcrun", "stapler", "staple"];
  return (await works("rcodesign", ["--version"])) ? ["rcodesign", "staple"] : undefined;
}
