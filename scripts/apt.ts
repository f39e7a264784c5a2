import { type CommandOptions, type CommandResult, runCommand } from "@release-actions/command";

/** Another process may hold the lock, such as the machine's daily update. */
const WAIT_FOR_LOCK = "--option=DPkg::Lock::Timeout=120";

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs apt-get. The calls of this process run one after the other, because `apt-get update` fails while another apt-get
 * holds the lock of the package lists, for which it does not wait.
 */
export function aptGet(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const run = last.then(() => runCommand("apt-get", [WAIT_FOR_LOCK, ...args], { env, ...options }));
  last = run.catch(() => undefined);
  return run;
}
