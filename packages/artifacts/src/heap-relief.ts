import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const EVERY_BYTES = 16 * 1024 * 1024;

/**
 * Counts bytes that arrive, and has the young generation collected every so often. To V8 a network buffer
 * is a hundred bytes of heap, so dead ones pile up outside of it: a download of any size then takes 100 MB
 * more than it holds; with this, half of that, and no time that could be measured.
 */
export function createHeapRelief(): (bytes: number) => void {
  let collect: unknown;
  let since = 0;
  return (bytes) => {
    since += bytes;
    if (since < EVERY_BYTES) return;
    since = 0;
    collect ??= exposeCollector();
    if (typeof collect === "function") collect({ type: "minor", execution: "sync" });
  };
}

/** The function that `node --expose-gc` puts into the global object, without putting it there. */
function exposeCollector(): unknown {
  setFlagsFromString("--expose-gc");
  const collector: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  return collector;
}
