import { posix } from "node:path";

/** `owner/name` of this repository and the tags its own files are to point to. */
export interface ReleasedAs {
  readonly repository: string;
  /** `v1.4.2`, for whatever runs. */
  readonly tag: string;
  /** `v1`, for what people copy. */
  readonly majorTag: string;
}

/** A workflow or a composite action, its references to this repository's actions at the released tag. */
export function pinOwnReferences(yaml: string, { repository, tag }: ReleasedAs): string {
  const own = new RegExp(`^(\\s*(?:-\\s+)?uses:\\s*["']?${literal(repository)}/[^@\\s"']+)@[^\\s"'#]+`, "gm");
  return yaml.replace(own, `$1@${tag}`);
}

/** Where a page lies in the sources and in a release, `/`-separated. */
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
    return `](https://github.com/${repository}/blob/main/${source}`;
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
