/** `1`: kill a publisher at each of its requests; `45-`: at each from the 45th on. This takes minutes for each publisher. */
const WANTED = /^(\d+)(-)?$/.exec(process.env["KILL_AT_EVERY_REQUEST"] ?? "");
const ALL = WANTED !== null;

/** The default distance between the requests at which a publisher is killed. */
const SAMPLE_EVERY = 29;

/**
 * The numbers, from 1, of the requests at which a publisher is killed: some of them and the last one, or all with
 * `KILL_AT_EVERY_REQUEST`.
 */
export function killedRequests(count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  if (WANTED === null) return all.filter((at) => at % SAMPLE_EVERY === 1 || at === count);
  const first = WANTED[2] === undefined ? 1 : Number(WANTED[1]);
  process.stderr.write(`killed at each of ${count} requests from ${first} on\n`);
  return all.filter((at) => at >= first);
}

/** Like `killedRequests`, for releases that take long: one request in the middle, or all. */
export function middleRequest(count: number): readonly number[] {
  return ALL ? killedRequests(count) : [Math.ceil(count / 2)];
}
