/** The fields of Helm's `chart.Metadata`, in the order in which it writes them (helm, pkg/chart/metadata.go). */
export type ChartMetadata = Readonly<Record<string, unknown>>;

type Shape = "text" | "texts" | "boolean" | "map" | "any" | Fields;
interface Fields {
  readonly [field: string]: Shape;
}

const METADATA: Fields = {
  ...{ name: "text", home: "text", sources: "texts", version: "text", description: "text", keywords: "texts" },
  maintainers: { name: "text", email: "text", url: "text" },
  ...{ icon: "text", apiVersion: "text", condition: "text", tags: "text", appVersion: "text", deprecated: "boolean" },
  ...{ annotations: "map", kubeVersion: "text" },
  dependencies: {
    ...{ name: "text", version: "text", repository: "text", condition: "text", tags: "texts", enabled: "boolean" },
    ...{ "import-values": "any", alias: "text" },
  },
  type: "text",
};

/** The part of a `Chart.yaml` that Helm keeps: the fields that it knows, except those without a value. */
export function chartMetadata(value: unknown): ChartMetadata {
  return pick(value, METADATA);
}

function pick(value: unknown, fields: Fields): Record<string, unknown> {
  const kept = Object.entries(fields).map(([field, shape]) => [field, shaped(Object(value)[field], shape)] as const);
  return Object.fromEntries(
    kept
      .filter(([field, found]) => found !== undefined || (field === "repository" && fields !== METADATA))
      .map(([field, found]) => [field, found ?? ""]),
  );
}

/** Converts a value as Go reads JSON into the field's type. `undefined` stands for Go's zero value, which is left out. */
function shaped(value: unknown, shape: Shape): unknown {
  if (value === undefined || value === null) return undefined;
  if (shape === "text") return textOf(value) === "" ? undefined : textOf(value);
  if (shape === "boolean") return value === true ? true : undefined;
  if (shape === "map") {
    const entries = Object.entries(Object(value)).map(([key, text]): [string, string] => [key, textOf(text)]);
    return entries.length === 0 ? undefined : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  const items: unknown[] = Array.isArray(value) ? value : [];
  if (items.length === 0) return undefined;
  if (shape === "any") return items;
  return shape === "texts" ? items.map(textOf) : items.map((item) => pick(item, shape));
}

function textOf(value: unknown): string {
  return typeof value === "object" || value === undefined ? "" : String(value);
}
