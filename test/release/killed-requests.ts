/** Whether a publisher is killed at each of its requests, which takes minutes for each publisher. */
const ALL = process.env["KILL_AT_EVERY_REQUEST"] === "1";

/** Between the requests at which it is killed otherwise. */
const SAMPLE_EVERY = 29;

/**
 * At which of its requests, from 1, a publisher is killed: some of them and the last one, or all with
 * `KILL_AT_EVERY_REQUEST=1`.
 */
export function killedRequests(count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  if (ALL) process.stderr.write(`killed at each of ${count} requests\n`);
  return ALL ? all : all.filter((at) => at % SAMPLE_EVERY === 1 || at === count);
}

/** As `killedRequests`, for releases that take long: one in the middle, or all. */
export function middleRequest(count: number): readonly number[] {
  return ALL ? killedRequests(count) : [Math.ceil(count / 2)];
}
