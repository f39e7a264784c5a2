import { existsSync } from "node:fs";
import { lstat } from "node:fs/promises";
import path from "node:path";
import { Fault, type Location } from "@release-actions/report";
import { readText } from "@release-actions/text";
import { parseYaml, type YamlNode } from "@release-actions/yaml";
import { type ChartMetadata, chartMetadata } from "./metadata.ts";

/** What `Chart.yaml` says (helm.sh, "The Chart.yaml file"). */
export interface Chart {
  readonly name: string;
  readonly version: string;
  /** `undefined`: not given. */
  readonly appVersion: string | undefined;
  readonly dependencies: readonly Dependency[];
  /** The location of a field, or the start of the file when the field is missing. */
  readonly locate: (field: string) => Location;
  /** A library has templates for other charts and cannot be rendered by itself. */
  readonly isLibrary: boolean;
  /** The fields that Helm knows, in Helm's order; Helm pushes these to a registry and shows them. */
  readonly metadata: ChartMetadata;
}

export interface Dependency {
  readonly name: string;
  /** `https://…`, `oci://…`, `file://…`, `@name`; empty for a dependency whose files are in `charts/`. */
  readonly repository: string;
  readonly location: Location;
}

/** A chart that Helm or the registry would refuse or misread. */
export class ChartError extends Fault {
  override readonly name = "ChartError";
}

/** The limit of Helm's loader for one file of a chart. */
const MAX_CHART_FILE_BYTES = 5 * 1024 * 1024;

/** Reads the `Chart.yaml` of a chart's folder. `shown` is the file's name for messages. */
export async function readChart(folder: string, shown: string): Promise<Chart> {
  const file = path.join(folder, "Chart.yaml");
  const found = await lstat(file).catch(() => undefined);
  const location = { file: shown };
  if (found === undefined) throw new ChartError(`there is no ${shown}`, { location });
  // Helm would follow a link to a file outside the chart.
  if (!found.isFile()) throw new ChartError(`${shown} is not a plain file, but a folder or a link`, { location });
  if (found.size > MAX_CHART_FILE_BYTES) {
    throw new ChartError(`${shown} has ${found.size} bytes, expected at most ${MAX_CHART_FILE_BYTES}`, { location });
  }
  const chart = parseChart(readText(file, shown), shown);
  // This file is for charts with the apiVersion v1. In a chart with v2, Helm warns but lets it replace the list in
  // Chart.yaml.
  const requirements = path.join(folder, "requirements.yaml");
  if (!existsSync(requirements)) return chart;
  const place = path.posix.join(path.posix.dirname(shown), "requirements.yaml");
  const root = parseYaml(readText(requirements, place), place);
  return root.get("dependencies").isPresent ? { ...chart, dependencies: dependenciesOf(root, place) } : chart;
}

/** @throws ChartError, or YamlError for a duplicate key and other errors in the YAML. */
export function parseChart(content: string, shown: string): Chart {
  const root = parseYaml(content, shown);
  if (!root.isMap) throw new ChartError(`${shown} is not a mapping of fields`, { location: root.location });
  const apiVersion = requireText(root, "apiVersion", shown);
  if (apiVersion !== "v1" && apiVersion !== "v2") {
    throw new ChartError(`${shown} has the apiVersion ${JSON.stringify(apiVersion)}, expected v2`, {
      location: root.get("apiVersion").location,
    });
  }
  const name = requireText(root, "name", shown);
  // The name becomes a part of the repository's name (OCI distribution spec, "Pulling manifests"); `helm lint` accepts
  // more names.
  if (!/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(name)) {
    throw new ChartError(
      `${shown} has the name ${JSON.stringify(name)}, which a registry does not accept: expected lowercase letters and digits, with ".", "_" or dashes between`,
      {
        location: root.get("name").location,
      },
    );
  }
  return {
    name,
    version: requireText(root, "version", shown),
    appVersion: root.get("appVersion").isPresent ? requireText(root, "appVersion", shown) : undefined,
    dependencies: dependenciesOf(root, shown),
    locate: (field) => root.get(field).location,
    isLibrary: root.get("type").text === "library",
    metadata: chartMetadata(root.value),
  };
}

function dependenciesOf(root: YamlNode, shown: string): Dependency[] {
  return root
    .get("dependencies")
    .items()
    .map((entry) => ({
      name: requireText(entry, "name", shown, "a dependency's "),
      repository: entry.get("repository").text ?? "",
      location: entry.location,
    }));
}

function requireText(node: YamlNode, field: string, shown: string, whose = ""): string {
  const found = node.get(field);
  const { location } = found;
  if (!found.isPresent) throw new ChartError(`${shown} has no ${whose}\`${field}\``, { location });
  const value = found.value;
  if (typeof value === "string" && value.trim() !== "") return value;
  // YAML reads 1.10 as the number 1.1, and Helm would publish that.
  throw new ChartError(`${shown} has ${JSON.stringify(value)} for ${whose}\`${field}\`, expected text`, {
    location,
    advice: `Put quotes around it: ${field}: "…".`,
  });
}
