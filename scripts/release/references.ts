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

/** A page of documentation: examples at the major tag, links to where the action's folder is in a release. */
export function pinDocumentation(markdown: string, { repository, majorTag }: ReleasedAs): string {
  const example = new RegExp(`(${literal(repository)}/[\\w./-]+)@v\\d+(?![\\w.])`, "g");
  return markdown.replace(example, `$1@${majorTag}`).replace(/\]\((?:\.\/)?actions\//g, "](");
}

/** `owner/name` has only one character that means something in a pattern. */
function literal(repository: string): string {
  return repository.replaceAll(".", "\\.");
}
