import { createHash } from "node:crypto";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_INTERVAL_MS = 100;

/**
 * Runs `work` while no other process on this machine runs work with the same name. The lock is a
 * socket in Linux's abstract namespace. The kernel frees it when its owner ends in any way, so
 * there are no stale locks.
 */
export async function withLock<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  const address = `\0release-actions-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
  let lock = await tryListen(address);
  if (lock === undefined) onWait?.();
  while (lock === undefined) {
    await sleep(POLL_INTERVAL_MS);
    lock = await tryListen(address);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function tryListen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}
