import { Fault } from "@release-actions/report";

/** The name of an image taken apart; `repository` stays as written, without a default registry put in front. */
export interface Reference {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** What is no image reference, where one is expected. */
export class InvalidReference extends Fault {
  override readonly name = "InvalidReference";
}

// The grammar of github.com/distribution/reference (regexp.go). Anchored, and so free of flags,
// newlines and path steps.
const DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;
const PATH_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REPOSITORY = `(?:${DOMAIN}/)?${PATH_PART}(?:/${PATH_PART})*`;
const TAG = "[\\w][\\w.-]{0,127}";
const DIGEST = "[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]{32,}";
const REFERENCE = new RegExp(`^(${REPOSITORY})(?::(${TAG}))?(?:@(${DIGEST}))?$`);

const MAX_REPOSITORY_LENGTH = 255;

/** @throws InvalidReference for anything that the engine would not take as the name of an image. */
export function parseReference(text: string): Reference {
  const [, repository, tag, digest] = REFERENCE.exec(text) ?? [];
  if (repository === undefined || repository.length > MAX_REPOSITORY_LENGTH) {
    throw new InvalidReference(
      `${JSON.stringify(text)} is not the name of an image, expected [registry/]name[:tag][@digest] in lower case`,
    );
  }
  return { repository, tag, digest };
}

/** Whether the text is the ID of an image, as `sha256:` and 64 digits. */
export function isImageId(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
