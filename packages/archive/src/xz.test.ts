import { describe, expect, test } from "@jest/globals";
import { ArchiveError } from "./error.ts";
import { decompressXz } from "./xz.ts";

/** `printf hello | xz --check=crc64` */
const HELLO = Buffer.from(
  "fd377a585a000004e6d6b4460200210116000000742fe5a301000468656c6c6f00000000b137b9dbe5da1e9b00011d05b82d80af1fb6f37d010000000004595a",
  "hex",
);

/** `printf hello | xz | xz` */
const TWICE = Buffer.from(
  "fd377a585a000004e6d6b4460200210116000000742fe5a301003ffd377a585a000004e6d6b4460200210116000000742fe5a301000468656c6c6f00000000b137b9dbe5da1e9b00011d05b82d80af1fb6f37d010000000004595a003889712ed6220abd00015840e72338241fb6f37d010000000004595a",
  "hex",
);

/** `head -c 20000000 /dev/zero | xz -9 | xz -9` */
const BOMB = Buffer.from(
  [
    "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AvfAaxdAH6Ny0WC5oM4+eHt0vlHXxXkfjN8w/5/SNSTgF1OpCUK3qZsGF7NAHVn8UGHRT7aVOCGliS0",
    "CM4sagdCC9rYTyqXEikUQV+uUnIuc4xIfAA+ftmOe9IyfMZ5tipP5Y0kKij65aQxEdJLaOdKUlGvS8SLN3c6k8kOfxvHKdiQvst+/M+Pmu/jymf6",
    "hzDhSIlXjJlPUBzCfGVZPuzkBVIRas7i3/eoHUnyFDwQTTjTgSf06MW/r/6Dk7YiuKLlmN8gCGQKAsXehNvr+WnC8nyOi+BpZoqPrPDV7ejHIsN7",
    "RtFpER3FgE/d5Ow99leiH4pU5gswCtBoc9yWpWf1Krk26BwhKQ6ld+xvTAUNLubccfX7FJrsq7KUZABnUF7W3uW0p6dlSvCDSQMPtxjB7nOZLL95",
    "a1aW74vvESQ5afS8JwdNWe0SqRBbGnyJeOJfoP6ILRu1fSW4jJc1DqGcq/BkORmCHbxw/X2zLdM9tXw9EAmXWZlvRR7Bp1+UC0gR9kSpksft9O1F",
    "ANIs2bN781G+/ByGK21g/FiGK5fu6+DqJgpQT+ARuoJMZixKB0JgAARBxra0bbPhAAHIA+AXAAAZxli2scRn+wIAAAAABFla",
  ].join(""),
  "base64",
);

/** The beginning of a stream whose block needs a dictionary of 192 MiB. */
const LARGE_DICTIONARY = Buffer.from("fd377a585a000004e6d6b446020021011f000000fe60edde01000468656c6c6f00000000", "hex");

/** `printf hello | xz --check=sha256` */
const SHA256 = Buffer.from(
  "fd377a585a00000ae1fb0ca10200210116000000742fe5a301000468656c6c6f000000002cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824000135051283ddf2189b4b9a01000000000a595a",
  "hex",
);

async function inflate(bytes: Uint8Array, chunkBytes = 7): Promise<string> {
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  const parts: Uint8Array[] = [];
  for await (const part of decompressXz(chunks())) parts.push(part);
  return Buffer.concat(parts).toString();
}

const flipped = (at: number): Buffer => {
  const bytes = Buffer.from(HELLO);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};

describe("decompressXz", () => {
  test("decompresses input in chunks of any size", async () => {
    expect(await inflate(HELLO)).toBe("hello");
    expect(await inflate(HELLO, 1)).toBe("hello");
    expect(await inflate(HELLO, 1000)).toBe("hello");
  });

  test("decompresses concatenated streams, and several streams at the same time", async () => {
    expect(await inflate(Buffer.concat([HELLO, HELLO]))).toBe("hellohello");
    expect(await Promise.all([inflate(HELLO), inflate(HELLO), inflate(HELLO)])).toEqual(["hello", "hello", "hello"]);
  });

  test.each<[title: string, bytes: Buffer, problem: string, message: RegExp]>([
    ["nothing", Buffer.alloc(0), "cut", /is empty/],
    [
      "another format",
      Buffer.from("PK\u0003\u0004 and more than a header's length"),
      "not-this-format",
      /is not xz data/,
    ],
    ["a truncated stream", HELLO.subarray(0, 40), "cut", /ends too early/],
    ["a stream without its footer", HELLO.subarray(0, -12), "cut", /ends too early/],
    ["a changed byte", flipped(28), "malformed", /a checksum does not match/],
    ["a dictionary of 192 MiB", LARGE_DICTIONARY, "limit", /needs a larger dictionary than is allowed/],
    ["an unsupported integrity check", SHA256, "unsupported", /uses an option of xz that is not supported/],
    ["a changed check", flipped(40), "malformed", /a checksum does not match/],
    [
      "bytes after the end",
      Buffer.concat([HELLO, Buffer.from("hello")]),
      "cut",
      /ends too early, or something else follows/,
    ],
  ])("refuses %s", async (_title, bytes, problem, message) => {
    await expect(inflate(bytes)).rejects.toMatchObject({ problem, message: expect.stringMatching(message) });
    await expect(inflate(bytes)).rejects.toBeInstanceOf(ArchiveError);
  });

  test("refuses a decompression bomb, unless the caller allows its ratio", async () => {
    const once = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      const parts: Uint8Array[] = [];
      for await (const part of decompressXz(chunksOf(BOMB))) parts.push(part);
      yield Buffer.concat(parts);
    };
    const size = async (bounds: Parameters<typeof decompressXz>[1]): Promise<number> => {
      let sum = 0;
      for await (const part of decompressXz(once(), bounds)) sum += part.length;
      return sum;
    };
    await expect(size({})).rejects.toMatchObject({ problem: "limit", message: expect.stringContaining("250 times") });
    expect(await size({ maxRatio: 100_000 })).toBe(20_000_000);
  });

  test("passes on the source's error", async () => {
    const broken = async function* () {
      yield HELLO.subarray(0, 20);
      throw new Error("the disk is gone");
    };
    await expect(async () => {
      for await (const _ of decompressXz(broken()));
    }).rejects.toThrow("the disk is gone");
  });

  test("serves the next caller when one stops reading early", async () => {
    for await (const _ of decompressXz(endless())) break;
    expect(await inflate(HELLO)).toBe("hello");
  });

  test("gives each stream its own WebAssembly memory, since streams that share one corrupt each other", async () => {
    // Only the types for browsers declare `WebAssembly`.
    const wasm = Reflect.get(globalThis, "WebAssembly") as { Instance: new (...args: readonly unknown[]) => object };
    const { Instance } = wasm;
    let made = 0;
    wasm.Instance = class extends Instance {
      constructor(...args: readonly unknown[]) {
        super(...args);
        made += 1;
      }
    };
    try {
      expect(await Promise.all([inflate(HELLO), inflate(HELLO), inflate(HELLO)])).toEqual(["hello", "hello", "hello"]);
      expect(made).toBe(3);
    } finally {
      wasm.Instance = Instance;
    }
  });

  test("says so when there is not enough memory to decompress", async () => {
    const wasm = Reflect.get(globalThis, "WebAssembly") as { Instance: new (...args: readonly unknown[]) => object };
    const { Instance } = wasm;
    wasm.Instance = class extends Instance {
      constructor(...args: readonly unknown[]) {
        super(...args);
        // XZ_MEM_ERROR of XZ Embedded's `xz.h`.
        Object.defineProperty(this, "exports", {
          value: { ...Reflect.get(this, "exports"), get_next_output: () => 3 },
        });
      }
    };
    try {
      const message = "the xz data needs more memory than there is (at byte 7)";
      await expect(inflate(HELLO)).rejects.toMatchObject({ problem: "limit", message });
    } finally {
      wasm.Instance = Instance;
    }
  });

  test("reads a stream inside another stream while a third is left open", async () => {
    const one = (bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> => decompressXz(chunksOf(bytes));
    const left = one(HELLO);
    await left.next();
    const parts: Uint8Array[] = [];
    for await (const part of decompressXz(one(TWICE))) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe("hello");
    await left.return();
  });
});

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) yield HELLO;
}
