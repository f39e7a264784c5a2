import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const EVERY_BYTES = 12 * 1024 * 1024;

/**
 * Counts bytes that arrive, and has V8 treat them as what they are. It counts the network's buffers to its heap: for
 * every few megabytes of them it would start to mark all that lives there, on another thread, which takes more work
 * than the download itself. They die young, and to V8 each is a hundred bytes, so dead ones pile up outside of its
 * heap, so the young generation is collected every so often. The heap is still collected as a whole when it is full.
 */
export function createHeapRelief(): (bytes: number) => void {
  setFlagsFromString("--no-incremental-marking");
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
