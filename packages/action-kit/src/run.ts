import * as core from "@actions/core";
import { Fault } from "@release-actions/report";
import type { Contract } from "./contract.ts";
import { describeFailure } from "./failure.ts";
import { passwordsInUrls, readInputs, secretInputs } from "./inputs.ts";
import { inertText } from "./log-text.ts";
import type { Runner } from "./runner.ts";
import { sourceLink } from "./source-link.ts";
import { Summary } from "./summary.ts";
import { type Cleanup, createRunner, mask, showProblem } from "./toolkit-runner.ts";

/** The runner stops a cancelled step 7.5 s after SIGINT; cleanup must be finished long before that. */
const CANCEL_GRACE_MS = 1500;

const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

class Cancelled extends Fault {
  override readonly name = "Cancelled";
}

/**
 * Runs an action (its main or its post step) and ends the process. The exit code is a failure from the
 * start and becomes success only after the body has returned. So the step fails if a promise never settles, or
 * if an event handler throws.
 */
export async function runAction<C extends Contract>(
  contract: C,
  body: (runner: Runner<C>) => Promise<void>,
): Promise<never> {
  process.exitCode = 1;
  const cleanups: Cleanup[] = [];
  const cancellation = new AbortController();
  const summary = new Summary(sourceLink(process.env));
  let failed = false;

  const report = (error: unknown): void => {
    failed = true;
    const failure = describeFailure(error);
    if (failure.isBug) core.info(inertText(failure.detail));
    else if (core.isDebug()) core.debug(failure.detail);
    showProblem({ level: "error", ...failure });
    summary.failure(contract.name, failure);
  };
  const fail = (fault: Fault): void => {
    // If the summary's verdict is a failure, it already shows the findings.
    if (summary.hasFailed) showProblem({ level: "error", ...describeFailure(fault) });
    else report(fault);
    failed = true;
  };
  const end = async (exitCode: number): Promise<never> => {
    for (const cleanup of cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        report(error);
      }
    }
    await writeSummary(summary);
    process.off("exit", onUnsettled);
    // Exit explicitly: a connection that a library left open would keep the process running.
    process.exit(failed && exitCode === 0 ? 1 : exitCode);
  };
  // After a cancellation, the body is abandoned when its time is over; a cleanup that has begun is always finished.
  let ending: Promise<never> | undefined;
  const finish = (exitCode: number): Promise<never> => {
    ending ??= end(exitCode);
    return ending;
  };
  const onUnsettled = (): void => {
    core.error(`${contract.name} ended without a result. This is a bug in the action: please report it.`);
  };
  process.on("exit", onUnsettled);
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.once(event, (error: unknown) => {
      report(error);
      void finish(1);
    });
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      core.info(`${signal}: the job was cancelled, cleaning up`);
      cancellation.abort(new Cancelled("the job was cancelled"));
      setTimeout(() => void finish(EXIT_BY_SIGNAL[signal]), CANCEL_GRACE_MS).unref();
      process.exitCode = EXIT_BY_SIGNAL[signal];
    });
  }

  try {
    for (const secret of [...secretInputs(contract, process.env), ...passwordsInUrls(process.env)]) mask(secret);
    const inputs = readInputs(contract, process.env);
    await body(createRunner({ contract, inputs, summary, signal: cancellation.signal, cleanups, fail }));
  } catch (error) {
    if (!cancellation.signal.aborted) report(error);
    else failed = true;
    // Otherwise a table of unfinished work would not show the reason.
    if (cancellation.signal.aborted && summary.hasFailed)
      summary.failure(contract.name, { message: "the job was cancelled", location: undefined });
  }
  return finish(cancellation.signal.aborted ? Number(process.exitCode) : 0);
}

async function writeSummary(summary: Summary): Promise<void> {
  if (summary.isEmpty || !process.env["GITHUB_STEP_SUMMARY"]) return;
  try {
    await core.summary.addRaw(summary.toString()).write();
  } catch (error) {
    core.warning(`the job summary could not be written: ${error instanceof Error ? error.message : error}`);
  }
}
