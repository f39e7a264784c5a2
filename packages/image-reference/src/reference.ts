import { Fault } from "@release-actions/report";
import { DIGEST_PATTERN } from "./digest.ts";

/**
 * The name of an image. The grammar and the completion of short names follow github.com/distribution/reference, as in
 * every engine and registry client.
 */
export interface ImageReference {
  /** `docker.io`, `ghcr.io`, `localhost`, `127.0.0.1:5000`. */
  readonly registry: string;
  /** `library/alpine`, `restatedev/restate`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:<64 hex>`. */
  readonly digest?: string;
}

export class ImageReferenceError extends Fault {
  override readonly name = "ImageReferenceError";
}

const MAX_NAME_LENGTH = 255;

const HOST = String.raw`(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?`;
const COMPONENT = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const REFERENCE = new RegExp(
  `^(?<name>(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>${DIGEST_PATTERN}))?$`,
);

/**
 * Parses a reference and completes a short name.
 *
 * @throws ImageReferenceError with the reason
 */
export function parseReference(text: string): ImageReference {
  const { name, tag, digest } = REFERENCE.exec(text)?.groups ?? {};
  if (name === undefined)
    throw new ImageReferenceError(`${JSON.stringify(text)} is not an image reference: ${reason(text)}`);
  const [registry, repository] = splitName(name);
  if (repository.length > MAX_NAME_LENGTH) {
    throw new ImageReferenceError(
      `the image name ${JSON.stringify(text)} is longer than ${MAX_NAME_LENGTH} characters`,
    );
  }
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/**
 * Parses a name for tagging an image: without a digest, with the default tag `latest`.
 *
 * @throws ImageReferenceError, also for a name with a digest
 */
export function parseTaggedReference(text: string): ImageReference & { readonly tag: string } {
  const reference = parseReference(text);
  if (reference.digest !== undefined) {
    throw new ImageReferenceError(`${JSON.stringify(text)} names a digest: an image can be given tags only`);
  }
  return { ...reference, tag: reference.tag ?? "latest" };
}

/** The canonical text: `docker.io/library/alpine:3`. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

function splitName(name: string): [registry: string, repository: string] {
  const slash = name.indexOf("/");
  const first = slash === -1 ? "" : name.slice(0, slash);
  const isHost = /[.:[]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  if (!isHost) return ["docker.io", slash === -1 ? `library/${name}` : name];
  const rest = name.slice(slash + 1);
  if (first !== "docker.io" && first !== "index.docker.io") return [first, rest];
  return ["docker.io", rest.includes("/") ? rest : `library/${rest}`];
}

function reason(text: string): string {
  if (text === "") return "it is empty";
  if (/[\s\p{Cc}]/u.test(text)) return "it has white space or control characters in it";
  if (text.startsWith("-")) return "it starts with a dash";
  if (/^[^:@]*[A-Z]/.test(text.slice(text.indexOf("/") + 1))) return "repository names are lower case";
  return "write [registry/]name[:tag][@sha256:...]";
}
