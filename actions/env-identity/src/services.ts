import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";

/** The parts of the runner that identification uses. */
export type Services = Reporter & { readonly exec: CommandRunner; readonly signal: AbortSignal };
