/**
 * Does both at once. When one fails, the other is told to stop and waited for, so that nothing goes on behind the
 * caller's back; then the failure is thrown.
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
