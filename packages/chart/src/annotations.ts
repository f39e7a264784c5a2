import type { ChartMetadata } from "./metadata.ts";

const PREFIX = "org.opencontainers.image.";
/** Helm's own values of these annotations; a chart's annotations cannot replace them. */
const OWN: readonly string[] = [`${PREFIX}title`, `${PREFIX}version`];

/**
 * The annotations that `helm push` gives a manifest (helm, pkg/registry, `generateOCIAnnotations`), including all of
 * the chart's own. GHCR uses the `source` annotation to link a chart to its repository, and Renovate uses it to find
 * release notes. `created` is the time of the sources, in seconds since 1970; Helm would write the time of the push.
 */
export function manifestAnnotations(metadata: ChartMetadata, created: number | undefined): Record<string, string> {
  const sources: unknown = metadata["sources"];
  const found: Record<string, unknown> = {
    description: metadata["description"],
    title: metadata["name"],
    version: metadata["version"],
    url: metadata["home"],
    created: created === undefined ? undefined : new Date(created * 1000).toISOString().replace(".000Z", "Z"),
    source: Array.isArray(sources) ? sources[0] : undefined,
    authors: authorsOf(metadata["maintainers"]),
  };
  const standard = Object.entries(found).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" && value.trim() !== "" ? [[`${PREFIX}${key}`, value]] : [],
  );
  const own = Object.entries(Object(metadata["annotations"])).flatMap(([key, value]): [string, string][] =>
    OWN.includes(key) ? [] : [[key, String(value)]],
  );
  const all = new Map([...standard, ...own]);
  return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `Ada (ada@example.org), Grace`. */
function authorsOf(maintainers: unknown): string {
  const list: unknown[] = Array.isArray(maintainers) ? maintainers : [];
  return list
    .map((maintainer) => {
      const { name = "", email = "" } = Object(maintainer);
      return `${name}${email === "" ? "" : ` (${email})`}`;
    })
    .join(", ");
}
