import type { Reporter } from "@release-actions/report";

/** A function to be shown every message of a pull or load: reports the sum of what its layers have come to. */
export function progressOf(label: string, reporter: Reporter): (message: Readonly<Record<string, unknown>>) => void {
  const layers = new Map<string, { done: number; total: number }>();
  return ({ id, progressDetail }) => {
    if (typeof id !== "string" || typeof progressDetail !== "object" || progressDetail === null) return;
    const { current, total } = progressDetail as { current?: unknown; total?: unknown };
    if (typeof current !== "number" || typeof total !== "number") return;
    // A layer is counted anew when it is unpacked; the first time around, its download, is what counts.
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
