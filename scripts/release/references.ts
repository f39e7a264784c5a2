import { posix } from "node:path";

/** `owner/name` of this repository and the tags its own files are to point to. */
export interface ReleasedAs {
  readonly repository: string;
  /** `v1.4.2`, for whatever runs. */
  readonly tag: string;
  /** `v1`, for what people copy. */
  readonly majorTag: string;
}

/**
 * How workflows and composite actions of a release name their siblings. `self`: `$/actions/<name>`, which GitHub
 * resolves to this repository at the running commit (runner 2.336 or newer; docs.github.com, "Workflow syntax",
 * `jobs.<job_id>.steps[*].uses`). `tag`: `owner/name/<name>@v1.4.2`, for servers and tools that do not know `$/`.
 */
export type References = "self" | "tag";

/** A `uses:` of this repository at the running commit: what stands before `$/`, and the path behind it. */
const SELF_REFERENCE = /^(\s*(?:-\s+)?uses:\s*["']?)\$\/([^@\s"'#]+)/gm;

/** A workflow or a composite action whose references to its siblings name the repository and the tag. */
export function pinSelfReferences(yaml: string, { repository, tag }: ReleasedAs): string {
  return yaml.replace(SELF_REFERENCE, (_match, before: string, place: string) => {
    return `${before}${repository}/${releasedPath(place)}@${tag}`;
  });
}

/** The places in this repository that a workflow or a composite action uses, as in `$/<place>`. */
export function selfReferences(yaml: string): string[] {
  return [...yaml.matchAll(SELF_REFERENCE)].map(([, , place = ""]) => place);
}

/** Where a page is in the sources and in a release, `/`-separated. */
export interface Page {
  readonly source: string;
  readonly released: string;
}

/**
 * A page of documentation: examples at the major tag; links to where things are in a release, or to the
 * sources where a release does not hold them.
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
    // A picture is shown from its bytes; anything else is read on its page.
    return `](https://github.com/${repository}/${source.endsWith(".png") ? "raw" : "blob"}/main/${source}`;
  });
}

/** The place in a release of what lies here in the sources: an action's folder is at the top. */
export function releasedPath(source: string): string {
  return source.replace(/^actions\//, "");
}

/** `owner/name` has only one character that means something in a pattern. */
function literal(repository: string): string {
  return repository.replaceAll(".", "\\.");
}
