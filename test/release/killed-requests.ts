/** Whether a publisher is killed at each of its requests, which takes minutes for each publisher: `1`, or `45-` from there on. */
const WANTED = /^(\d+)(-)?$/.exec(process.env["KILL_AT_EVERY_REQUEST"] ?? "");
const ALL = WANTED !== null;

/** Between the requests at which it is killed otherwise. */
const SAMPLE_EVERY = 29;

/**
 * At which of its requests, from 1, a publisher is killed: some of them and the last one, or all with
 * `KILL_AT_EVERY_REQUEST`.
 */
export function killedRequests(count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  if (WANTED === null) return all.filter((at) => at % SAMPLE_EVERY === 1 || at === count);
  const first = WANTED[2] === undefined ? 1 : Number(WANTED[1]);
  process.stderr.write(`killed at each of ${count} requests from ${first} on\n`);
  return all.filter((at) => at >= first);
}

/** As `killedRequests`, for releases that take long: one in the middle, or all. */
export function middleRequest(count: number): readonly number[] {
  return ALL ? killedRequests(count) : [Math.ceil(count / 2)];
}
