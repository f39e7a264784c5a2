import type { Reporter } from "@release-actions/report";

/** Returns a function that takes every message of a pull or load and reports the total progress of the layers. */
export function progressOf(label: string, reporter: Reporter): (message: Readonly<Record<string, unknown>>) => void {
  const layers = new Map<string, { done: number; total: number }>();
  return ({ id, progressDetail }) => {
    if (typeof id !== "string" || typeof progressDetail !== "object" || progressDetail === null) return;
    const { current, total } = progressDetail as { current?: unknown; total?: unknown };
    if (typeof current !== "number" || typeof total !== "number") return;
    // Engines report a layer's progress twice, for the download and for the unpacking; only the download counts.
    const before = layers.get(id);
    layers.set(id, {
      done: Math.max(before?.done ?? 0, Math.min(current, before?.total ?? total)),
      total: before?.total ?? total,
    });
    const sums = [...layers.values()].reduce((sum, layer) => ({
      done: sum.done + layer.done,
      total: sum.total + layer.total,
    }));
    reporter.progress({ label, ...sums, unit: "bytes" });
  };
}
