import { countOf, formatBytes, type Problem } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Product } from "./products.ts";
import type { Stored } from "./store.ts";

/** The value of an input that switches off a service or an artifact. */
export const NONE = "none";

/** The state of one debug file. */
export interface Fate {
  readonly product: Product;
  /** Undefined when the store did not get it. */
  stored: Stored | undefined;
  /** Undefined when the debuginfod server was not asked, or does not serve it. */
  served: boolean | undefined;
  /** Replaces the file in the store; undefined when nothing can be uploaded. */
  replace: (() => Promise<void>) | undefined;
}

/** Shows how many debug files the store has, the state of each, and the faults of the services. */
export function summarize(runner: ActionRunner, fates: readonly Fate[], warnings: readonly Problem[]): void {
  const { "artifact-name": artifact, "store-address": store, "debuginfod-url": server } = runner.inputs;
  const isStored = fates.every(({ stored }) => stored !== undefined);
  const unserved = server === undefined ? 0 : fates.filter(({ served }) => !served).length;
  const isFine = (store === NONE || isStored) && unserved === 0 && warnings.length === 0;
  const kept = isStored || artifact === NONE ? "" : `, see artifact ${artifact}`;
  const files = countOf(fates.length, "file");
  const stored = fates.filter((fate) => fate.stored !== undefined).length;
  const said =
    store === NONE ? `${files} split` : `${stored === fates.length ? "" : `${stored} of `}${files} in the store`;
  runner.summary
    .verdict(
      isFine ? "success" : runner.inputs.required ? "error" : "warning",
      `Debug symbols: ${said}${unserved === 0 ? "" : `, ${unserved} not served`}`,
    )
    .findings(warnings)
    .table(
      ["binary", "in the store", "served", "debug file", "machine", "build ID"],
      fates.map(({ product: { name, buildId, machine, size }, stored, served }) => [
        `\`${name}\``,
        stored === undefined ? `no${kept}` : stored === "sent" ? "uploaded" : "yes, since before",
        server === undefined ? "" : served ? "yes" : "no",
        formatBytes(size),
        machine,
        `\`${buildId}\``,
      ]),
    );
}
