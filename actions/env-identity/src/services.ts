import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";

/** What the identification takes from the runner. */
export type Services = Reporter & { readonly exec: CommandRunner; readonly signal: AbortSignal };
