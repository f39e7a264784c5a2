/**
 * Runs two tasks at the same time. When one fails, this stops the other, waits for it to end, and throws the error, so
 * nothing still runs when it returns.
 */
export async function allOrStop<A, B>(
  signal: AbortSignal,
  one: (signal: AbortSignal) => Promise<A>,
  other: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const stop = new AbortController();
  const stoppable = AbortSignal.any([signal, stop.signal]);
  const under = [one(stoppable), other(stoppable)] as const;
  try {
    return await Promise.all(under);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(under);
    throw error;
  }
}
