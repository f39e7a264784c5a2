import { posix } from "node:path";

/** `owner/name` of this repository, and the tags to which its own files refer. */
export interface ReleasedAs {
  readonly repository: string;
  /** The exact tag, such as `v1.4.2`, for references in workflows and actions. */
  readonly tag: string;
  /** The major tag, such as `v1`, for examples that people copy. */
  readonly majorTag: string;
}

/**
 * How workflows and composite actions of a release name their siblings. `self`: `$/actions/<name>`, which GitHub
 * resolves to this repository at the running commit (runner 2.336 or newer; docs.github.com, "Workflow syntax",
 * `jobs.<job_id>.steps[*].uses`). `tag`: `owner/name/<name>@v1.4.2`, for servers and tools that do not know `$/`.
 */
export type References = "self" | "tag";

/** A `uses:` of this repository at the running commit. The groups are the text before `$/` and the path after it. */
const SELF_REFERENCE = /^(\s*(?:-\s+)?uses:\s*["']?)\$\/([^@\s"'#]+)/gm;

/** Replaces the `$/` references of a workflow or composite action by references to the repository and tag. */
export function pinSelfReferences(yaml: string, { repository, tag }: ReleasedAs): string {
  return yaml.replace(SELF_REFERENCE, (_match, before: string, place: string) => {
    return `${before}${repository}/${releasedPath(place)}@${tag}`;
  });
}

/** The paths in this repository that a workflow or composite action uses as `$/<path>`. */
export function selfReferences(yaml: string): string[] {
  return [...yaml.matchAll(SELF_REFERENCE)].map(([, , place = ""]) => place);
}

/** The paths of a page in the sources and in a release, with `/` as separator. */
export interface Page {
  readonly source: string;
  readonly released: string;
}

/**
 * Rewrites a page of documentation: examples use the major tag, and links lead to files in the release or, if a release
 * does not contain the file, to the sources on GitHub.
 */
export function pinDocumentation(
  markdown: string,
  page: Page,
  { repository, majorTag }: ReleasedAs,
  isReleased: (file: string) => boolean,
): string {
  const example = new RegExp(`(${literal(repository)}/[\\w./-]+)@v\\d+(?![\\w.])`, "g");
  const pinned = markdown.replace(example, `$1@${majorTag}`);
  return pinned.replace(/\]\((?![a-z]+:|[#/])([^)#\s]+)/g, (_link, target: string) => {
    const source = posix.join(posix.dirname(page.source), target);
    const released = releasedPath(source);
    if (isReleased(released)) return `](${posix.relative(posix.dirname(page.released), released)}`;
    // A picture needs the URL of its bytes; any other file is linked to its page.
    return `](https://github.com/${repository}/${source.endsWith(".png") ? "raw" : "blob"}/main/${source}`;
  });
}

/** The path in a release of a file in the sources. The folders of actions are at the top. */
export function releasedPath(source: string): string {
  return source.replace(/^actions\//, "");
}

/** Escapes `owner/name` for a regular expression; only the dot is special. */
function literal(repository: string): string {
  return repository.replaceAll(".", "\\.");
}
