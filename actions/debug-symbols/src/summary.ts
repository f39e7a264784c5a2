import { formatBytes } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Product } from "./products.ts";
import type { Stored } from "./store.ts";

/** What became of one debug file. */
export interface Fate {
  readonly product: Product;
  /** Undefined when the store did not get it. */
  stored: Stored | undefined;
  /** Undefined when the debuginfod server was not asked, or does not serve it. */
  served: boolean | undefined;
  /** Uploads it in place of what the store has; undefined where nothing can be uploaded. */
  replace: (() => Promise<void>) | undefined;
}

export function summarize(runner: ActionRunner, fates: readonly Fate[], uploaded: boolean): void {
  const kept =
    uploaded || runner.inputs["artifact-name"] === "none" ? "" : `, see artifact ${runner.inputs["artifact-name"]}`;
  const rows = fates.map(({ product: { name, buildId, machine, size }, stored, served }) => [
    `\`${name}\``,
    machine,
    `\`${buildId}\``,
    formatBytes(size),
    stored === undefined ? `no${kept}` : stored === "sent" ? "uploaded" : "yes, since before",
    served === undefined ? "-" : "yes",
  ]);
  runner.summary
    .heading("Debug symbols")
    .table(["binary", "machine", "build id", "debug file", "in the store", "served"], rows);
}
