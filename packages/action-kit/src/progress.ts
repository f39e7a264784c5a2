import { formatBytes, type Progress } from "@release-actions/report";

/** How often progress is logged. */
const LOG_INTERVAL_MS = 5000;
const BAR_INTERVAL_MS = 100;
const BAR_WIDTH = 30;

export interface ProgressSink {
  readonly isTerminal: boolean;
  readonly now: () => number;
  readonly write: (text: string) => void;
}

/** Shows progress as a line every few seconds in a log, and as a bar on a terminal. */
export function progressPrinter(sink: ProgressSink): (progress: Progress) => void {
  const started = sink.now();
  const shownAt = new Map<string, number>();
  return (progress) => {
    const now = sink.now();
    const finished = progress.done === progress.total;
    const interval = sink.isTerminal ? BAR_INTERVAL_MS : LOG_INTERVAL_MS;
    const last = shownAt.get(progress.label) ?? (sink.isTerminal ? Number.NEGATIVE_INFINITY : started);
    if (now - last < interval && !(finished && sink.isTerminal)) return;
    shownAt.set(progress.label, now);
    sink.write(sink.isTerminal ? `\r\x1b[K${bar(progress)}${finished ? "\n" : ""}` : `${line(progress)}\n`);
  };
}

function line({ label, done, total, unit }: Progress): string {
  const amount = unit === "bytes" ? formatBytes : String;
  if (total === undefined || total === 0) return `${label}: ${amount(done)}`;
  return `${label}: ${amount(done)} of ${amount(total)} (${Math.floor((100 * done) / total)} %)`;
}

function bar(progress: Progress): string {
  const share = progress.total ? Math.min(1, progress.done / progress.total) : 0;
  const filled = Math.round(share * BAR_WIDTH);
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}] ${line(progress)}`;
}
