// @ts-check
// Plain JavaScript, because it is carried beside the bundle as it is: a thread that has to strip types first takes
// 60 ms longer to start. CommonJS, because a thread that starts with a module takes 7 ms longer.
"use strict";
const { closeSync, fstatSync, openSync, read, readFileSync, readSync } = require("node:fs");
const { setImmediate: turn } = require("node:timers/promises");
const { pathToFileURL } = require("node:url");
const { isMainThread, parentPort, workerData } = require("node:worker_threads");

/** @import { FileToHash, HashedBytes, Job, Reply, WorkerData, WorkThrough } from "./hash-protocol.ts" */

/**
 * @typedef {{ update(bytes: Uint8Array): unknown, hex(): string }} Hasher
 * @typedef {() => Hasher} Engine Creates a hasher for one content; the one before it must be done.
 * @typedef {(bytes: number) => void} OnProgress May throw, and so end the job.
 */

/** Reads of this size stay in the cache of a core; measured from 64 kB to 4 MB. */
const CHUNK_BYTES = 512 * 1024;
/** From this size on, reading and hashing overlap where a core is left for it. */
const LONG_FILE_BYTES = 32 * 1024 * 1024;
const LONG_CHUNK_BYTES = 2 * 1024 * 1024;
/** One is being hashed, the others are being read. */
const LONG_CHUNKS = 3;
const PROGRESS_BYTES = 64 * 1024 * 1024;

/** @type {WorkThrough} */
async function workThrough(data, { jobs, next }, say) {
  const engine = await loadEngine(data);
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const onProgress = (/** @type {number} */ bytes) => say({ kind: "progress", bytes });
  for (;;) {
    const index = Atomics.add(next, 0, 1);
    const job = jobs[index];
    if (job === undefined) break;
    say({ kind: "done", index, hashes: await run(job, { engine, buffer, onProgress }) });
    await turn(); // On the caller's own thread others wait for theirs.
  }
  say({ kind: "finished" });
}

/**
 * @param {Job} job @param {{ engine: Engine, buffer: Buffer, onProgress: OnProgress }} means
 * @returns {Promise<HashedBytes[]>}
 */
async function run(job, { engine, buffer, onProgress }) {
  if (job.kind === "bytes") {
    const hasher = engine();
    hasher.update(job.bytes);
    return [{ blake3: hasher.hex() }];
  }
  /** @type {HashedBytes[]} */
  const hashes = [];
  for (const file of job.files) {
    const blake3 = job.blake3 ? engine() : undefined;
    const sha256 = job.sha256 ? require("node:crypto").createHash("sha256") : undefined;
    const update = (/** @type {Uint8Array} */ bytes) => {
      blake3?.update(bytes);
      sha256?.update(bytes);
    };
    await readFile(file, { ahead: job.ahead, buffer, update, onProgress });
    hashes.push({ ...(blake3 && { blake3: blake3.hex() }), ...(sha256 && { sha256: sha256.digest("hex") }) });
  }
  return hashes;
}

/**
 * @typedef {{ ahead: boolean, buffer: Buffer, update(bytes: Uint8Array): void, onProgress: OnProgress }} Reading
 * @param {FileToHash} file @param {Reading} reading
 */
async function readFile(file, reading) {
  const descriptor = openSync(file.path, "r");
  try {
    const before = fstatSync(descriptor);
    if (!before.isFile()) throw new Error(`${file.path} is not a file any more`);
    const isLong = reading.ahead && before.size >= LONG_FILE_BYTES;
    const length = await (isLong ? readAhead(descriptor, reading) : readNow(descriptor, reading));
    const after = fstatSync(descriptor);
    if (length !== file.size || after.size !== file.size || after.mtimeMs !== before.mtimeMs) {
      throw new Error(`${file.path} changed while it was hashed: ${file.size} bytes when listed, ${length} read`);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** @param {number} descriptor @param {Reading} reading */
async function readNow(descriptor, { buffer, update, onProgress }) {
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, null);
    if (count === 0) return length;
    update(buffer.subarray(0, count));
    length += count;
    if (length % PROGRESS_BYTES !== 0) continue;
    onProgress(PROGRESS_BYTES);
    await turn();
  }
}

/**
 * Hashes one buffer while the next ones are being filled by Node's thread pool.
 * @param {number} descriptor
 * @param {Reading} reading
 */
async function readAhead(descriptor, { update, onProgress }) {
  let asked = 0;
  const fill = (/** @type {Buffer} */ chunk) => {
    const filled = fillBuffer(descriptor, chunk, asked);
    asked += chunk.length;
    filled.catch(() => undefined); // Seen when its turn comes; until then it must not count as unhandled.
    return { chunk, filled };
  };
  const queue = Array.from({ length: LONG_CHUNKS }, () => fill(Buffer.allocUnsafeSlow(LONG_CHUNK_BYTES)));
  let length = 0;
  let unreported = 0;
  try {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const bytes = await next.filled;
      update(bytes);
      length += bytes.length;
      unreported += bytes.length;
      if (unreported >= PROGRESS_BYTES) {
        onProgress(unreported);
        unreported = 0;
      }
      if (bytes.length < next.chunk.length) break;
      queue.push(fill(next.chunk));
    }
    return length;
  } finally {
    // The descriptor may be closed only when nobody reads from it.
    await Promise.allSettled(queue.map(({ filled }) => filled));
  }
}

/**
 * Fills the buffer from a position on; what it returns is shorter only at the end of the file.
 * @param {number} descriptor
 * @param {Buffer} chunk
 * @param {number} position
 */
async function fillBuffer(descriptor, chunk, position) {
  let length = 0;
  while (length < chunk.length) {
    /** @type {number} */
    const count = await new Promise((resolve, reject) => {
      read(descriptor, chunk, length, chunk.length - length, position + length, (error, bytes) => {
        if (error) reject(error);
        else resolve(bytes);
      });
    });
    if (count === 0) break;
    length += count;
  }
  return chunk.subarray(0, length);
}

/** @param {WorkerData} data @returns {Promise<Engine>} */
async function loadEngine(data) {
  if (data.choice !== "wasm" && data.addon !== undefined) {
    try {
      return nativeEngine(require(data.addon));
    } catch (error) {
      // A musl system, or one with an older C library: the portable engine gives the same hashes.
      if (data.choice === "native") throw error;
    }
  }
  if (data.choice === "native") throw new Error(`there is no native BLAKE3 for ${process.platform}-${process.arch}`);
  const glue = await import(pathToFileURL(data.wasmGlue).href);
  await glue.default(readFileSync(data.wasmBinary));
  return wasmEngine(glue);
}

/**
 * The part of `@napi-rs/blake-hash` that is used here.
 * @typedef {{ reset(): unknown, update(bytes: Uint8Array): unknown, digest(format: "hex"): string }} NativeHasher
 * @param {{ Blake3Hasher: { new (): NativeHasher } }} addon
 * @returns {Engine}
 */
function nativeEngine({ Blake3Hasher }) {
  // One for all files, which are hashed one after another: V8 does not know the 2 kB that each holds outside of its heap.
  const hasher = new Blake3Hasher();
  return () => {
    hasher.reset();
    return { update: (bytes) => hasher.update(bytes), hex: () => hasher.digest("hex") };
  };
}

/**
 * The part of the `blake3` package's WASM that is used here.
 * @typedef {{ update(bytes: Uint8Array): void, digest(out: Uint8Array): void, free(): void }} WasmHash
 * @param {{ create_hasher(): WasmHash }} glue
 * @returns {Engine}
 */
function wasmEngine(glue) {
  return () => {
    const hash = glue.create_hasher();
    const hex = () => {
      const out = Buffer.alloc(32);
      hash.digest(out);
      hash.free();
      return out.toString("hex");
    };
    return { update: (bytes) => hash.update(bytes), hex };
  };
}

module.exports = { workThrough };
if (!isMainThread && parentPort && workerData?.work !== undefined) {
  const say = (/** @type {Reply} */ reply) => parentPort?.postMessage(reply);
  workThrough(workerData, workerData.work, say).catch((/** @type {unknown} */ error) =>
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
  );
}
