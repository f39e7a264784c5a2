import { createHash } from "node:crypto";
import { type Algorithm, type Digest, parseDigest } from "@release-actions/image-reference";
import { type Decoder, JsonError, string } from "@release-actions/json";

export { type Algorithm, type Digest, parseDigest };

/** Decodes a digest in a document; the error says what was found and expected. */
export const digest: Decoder<Digest> = (value, path) => {
  const parsed = parseDigest(string(value, path));
  if (parsed !== undefined) return parsed;
  throw new JsonError(
    `\`${path}\` is ${JSON.stringify(value)}, expected sha256: or sha512: and its 64 or 128 lowercase hex characters`,
  );
};

/** The path of a blob in an OCI layout (image-layout.md, "Blobs"). */
export function blobPath(of: Digest): string {
  return `blobs/${of.replace(":", "/")}`;
}

/** The digest that a path of an OCI layout stands for; undefined for any other path. */
export function digestOfBlobPath(path: string): Digest | undefined {
  const [, algorithm, hex] = /^blobs\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  return algorithm === undefined ? undefined : parseDigest(`${algorithm}:${hex}`);
}

/** The digest of bytes in memory. */
export function digestOf(bytes: Uint8Array, algorithm: Algorithm = "sha256"): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** The algorithm of a digest. */
export function algorithmOf(of: Digest): Algorithm {
  return of.startsWith("sha512:") ? "sha512" : "sha256";
}
