import { createHash, type Hash } from "node:crypto";
import { closeSync, fstatSync, openSync, read, readFileSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { Blake3Mode, EngineName, FileToHash, HashedBytes, Job, Reply, WorkerData } from "./hash-protocol.mts";

/** Small files are read in one go; from two of these on, reading and hashing overlap. */
const CHUNK_BYTES = 2 * 1024 * 1024;
/** One is being hashed, the others are being read. */
const BUFFERS = 3;
const PROGRESS_BYTES = 64 * 1024 * 1024;

interface Hasher {
  update(bytes: Uint8Array): unknown;
  hex(): string;
}

type Engine = { readonly name: EngineName; readonly create: (mode: Blake3Mode) => Hasher };

const engine = await loadEngine(workerData as WorkerData); // The pool is the only one that starts this file.
const buffers = Array.from({ length: BUFFERS }, () => Buffer.allocUnsafeSlow(CHUNK_BYTES));

parentPort?.on("message", (job: Job) => {
  run(job).then(
    (hashes) => say({ kind: "done", engine: engine.name, hashes }),
    (error: unknown) => say({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
  );
});

async function run(job: Job): Promise<HashedBytes[]> {
  if (job.kind === "bytes") {
    const hasher = engine.create(job.mode);
    hasher.update(job.bytes);
    return [{ blake3: hasher.hex() }];
  }
  const hashes: HashedBytes[] = [];
  for (const file of job.files) {
    const blake3 = job.blake3 ? engine.create({ kind: "hash" }) : undefined;
    const sha256 = job.sha256 ? createHash("sha256") : undefined;
    await readFile(file, blake3, sha256);
    hashes.push({ ...(blake3 && { blake3: blake3.hex() }), ...(sha256 && { sha256: sha256.digest("hex") }) });
  }
  return hashes;
}

async function readFile(file: FileToHash, blake3: Hasher | undefined, sha256: Hash | undefined): Promise<void> {
  const descriptor = openSync(file.path, "r");
  try {
    const before = fstatSync(descriptor);
    if (!before.isFile()) throw new Error(`${file.path} is not a file any more`);
    const update = (bytes: Uint8Array): void => {
      blake3?.update(bytes);
      sha256?.update(bytes);
    };
    const length = before.size < 2 * CHUNK_BYTES ? readNow(descriptor, update) : await readAhead(descriptor, update);
    const after = fstatSync(descriptor);
    if (length !== file.size || after.size !== file.size || after.mtimeMs !== before.mtimeMs) {
      throw new Error(`${file.path} changed while it was hashed: ${file.size} bytes when listed, ${length} read`);
    }
  } finally {
    closeSync(descriptor);
  }
}

function readNow(descriptor: number, update: (bytes: Uint8Array) => void): number {
  const [buffer = Buffer.alloc(CHUNK_BYTES)] = buffers;
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, null);
    if (count === 0) return length;
    update(buffer.subarray(0, count));
    length += count;
  }
}

/** Hashes one buffer while the next ones are being filled by Node's thread pool. */
async function readAhead(descriptor: number, update: (bytes: Uint8Array) => void): Promise<number> {
  let asked = 0;
  const fill = (buffer: Buffer): Promise<Buffer> => {
    const position = asked;
    asked += buffer.length;
    const filling = fillBuffer(descriptor, buffer, position);
    filling.catch(() => undefined); // Seen when its turn comes; until then it must not count as unhandled.
    return filling;
  };
  const queue = buffers.map((buffer) => ({ buffer, filled: fill(buffer) }));
  let length = 0;
  let unreported = 0;
  try {
    for (;;) {
      const next = queue.shift();
      if (next === undefined) return length;
      const bytes = await next.filled;
      update(bytes);
      length += bytes.length;
      unreported += bytes.length;
      if (unreported >= PROGRESS_BYTES) {
        say({ kind: "progress", bytes: unreported });
        unreported = 0;
      }
      if (bytes.length < next.buffer.length) return length;
      queue.push({ buffer: next.buffer, filled: fill(next.buffer) });
    }
  } finally {
    // The descriptor may be closed, and the buffers used again, only when nobody reads into them.
    await Promise.allSettled(queue.map(({ filled }) => filled));
  }
}

/** Fills the buffer from a position on; shorter only at the end of the file. */
async function fillBuffer(descriptor: number, buffer: Buffer, position: number): Promise<Buffer> {
  let length = 0;
  while (length < buffer.length) {
    const count = await new Promise<number>((resolve, reject) => {
      read(descriptor, buffer, length, buffer.length - length, position + length, (error, bytes) => {
        if (error) reject(error);
        else resolve(bytes);
      });
    });
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

async function loadEngine(data: WorkerData): Promise<Engine> {
  if (data.choice !== "wasm" && data.addon !== undefined) {
    try {
      return nativeEngine(createRequire(import.meta.url)(data.addon));
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

/** The part of `@napi-rs/blake-hash` that is used here. */
interface NativeHasher {
  update(bytes: Uint8Array): unknown;
  digest(format: "hex"): string;
}
interface NativeAddon {
  readonly Blake3Hasher: {
    new (): NativeHasher;
    newKeyed(key: Buffer): NativeHasher;
    newDeriveKey(context: string): NativeHasher;
  };
}

function nativeEngine({ Blake3Hasher }: NativeAddon): Engine {
  const create = (mode: Blake3Mode): NativeHasher => {
    if (mode.kind === "keyed") return Blake3Hasher.newKeyed(Buffer.from(mode.key));
    if (mode.kind === "derive-key") return Blake3Hasher.newDeriveKey(mode.context);
    return new Blake3Hasher();
  };
  return {
    name: "native",
    create: (mode) => {
      const hasher = create(mode);
      return { update: (bytes) => hasher.update(bytes), hex: () => hasher.digest("hex") };
    },
  };
}

/** The part of the `blake3` package's WASM that is used here. */
interface WasmHash {
  update(bytes: Uint8Array): void;
  digest(out: Uint8Array): void;
  free(): void;
}
interface WasmGlue {
  create_hasher(): WasmHash;
  create_keyed(key: Uint8Array): WasmHash;
  create_derive(context: string): WasmHash;
}

function wasmEngine(glue: WasmGlue): Engine {
  const create = (mode: Blake3Mode): WasmHash => {
    if (mode.kind === "keyed") return glue.create_keyed(mode.key);
    if (mode.kind === "derive-key") return glue.create_derive(mode.context);
    return glue.create_hasher();
  };
  return {
    name: "wasm",
    create: (mode) => {
      const hash = create(mode);
      const hex = (): string => {
        const out = Buffer.alloc(32);
        hash.digest(out);
        hash.free();
        return out.toString("hex");
      };
      return { update: (bytes) => hash.update(bytes), hex };
    },
  };
}

function say(reply: Reply): void {
  parentPort?.postMessage(reply);
}
