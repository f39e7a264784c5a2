import { parseAllDocuments } from "yaml";
import { ChartError } from "./chart-file.ts";

/** The keys of lists of containers, at whatever depth a resource has its pods (Kubernetes API, `PodSpec`). */
const CONTAINER_LISTS: ReadonlySet<string> = new Set(["containers", "initContainers", "ephemeralContainers"]);

/** The images that rendered resources name, without duplicates, sorted. */
export function imagesIn(rendered: string): readonly string[] {
  const images = new Set<string>();
  for (const document of parseAllDocuments(rendered, { uniqueKeys: false })) {
    const [error] = document.errors;
    if (error !== undefined) throw new ChartError(`the rendered chart is not YAML: ${error.message}`);
    collect(document.toJS({ maxAliasCount: 100 }), images);
  }
  return [...images].sort();
}

function collect(value: unknown, images: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (CONTAINER_LISTS.has(key) && Array.isArray(child)) {
      for (const container of child as unknown[]) {
        const image = typeof container === "object" && container !== null && "image" in container && container.image;
        if (typeof image === "string") images.add(image);
      }
    }
    collect(child, images);
  }
}
