import { type Cause, cause } from "./cause.ts";
import type { Context } from "./context.ts";
import { compareJson } from "./explain-json.ts";
import { explainTextPair } from "./explain-text-pair.ts";
import type { ArchivedImage } from "./image-archive.ts";
import { isPast, type TimeWindows } from "./time-window.ts";

const CREATED_REMEDY =
  "Set SOURCE_DATE_EPOCH for BuildKit (`docker buildx build --build-arg SOURCE_DATE_EPOCH=... --output type=oci,rewrite-timestamp=true`).";
/** Fields that follow from the layers: their digests and sizes. */
const DERIVED =
  /^\.(?:rootfs\.diff_ids|layers\[\d+\](?:$|\.(?:digest|size|mediaType))|config\.(?:digest|size)|image|container$|id$|parent$)/;
/** Fields that the specification defines as times (OCI image-spec, config.md; RFC 3339). */
const TIME_FIELD = /(?:^|\.)created$/;

/** Annotations that name the base image (OCI image-spec, annotations.md). */
const BASE_FIELD = /\["org\.opencontainers\.image\.base\./;

/** Compares the configuration, history and manifest of two images field by field, except fields that follow from the layers. */
export function explainImageConfig(a: ArchivedImage, b: ArchivedImage, { place, windows }: Context): Cause[] {
  const config = compareDocuments(a.config, b.config, `${place}config`, windows).filter(
    // If the images have different numbers of layers, one of them lacks this entry.
    ({ place: at, left, right }) =>
      a.layers.length === b.layers.length ||
      !/ \.history\[\d+\]$/.test(at) ||
      (left !== "absent" && right !== "absent"),
  );
  // The two archive formats store different fields about an image, so these are compared only within one format.
  if (a.form !== b.form) return [cause("archive-format", `${place}manifest`, a.form, b.form), ...config];
  return [...config, ...compareDocuments(a.manifest, b.manifest, `${place}manifest`, windows)];
}

function compareDocuments(left: unknown, right: unknown, place: string, windows: TimeWindows): Cause[] {
  return compareJson(left, right)
    .filter(({ path }) => !DERIVED.test(path))
    .map(({ path, left: one, right: other }) => explainField(path, one, other, place, windows));
}

function explainField(path: string, one: unknown, other: unknown, place: string, windows: TimeWindows): Cause {
  const at = `${place} ${path}`;
  const show = (value: unknown): string =>
    typeof value === "string" ? value || "empty" : (JSON.stringify(value) ?? "absent");
  const [left, right] = [show(one), show(other)];
  const areTimes = [left, right].every(
    (text) => isPast(Date.parse(text), windows) || text === "absent" || /^(?:1970|0001)-/.test(text),
  );
  if (TIME_FIELD.test(path) && areTimes) {
    const group = `${place} ${path.replaceAll(/\d+/g, "N")}`;
    return cause("timestamp", at, left, right, { remedy: CREATED_REMEDY, group });
  }
  if (path === ".architecture" || path === ".os" || path === ".variant") return cause("target", at, left, right);
  if (path.startsWith(".history") || BASE_FIELD.test(path)) {
    const remedy = "Build from the same Dockerfile with the same base image, by digest, and the same build arguments.";
    const found = explainTextPair(left, right, at, windows);
    return found.kind === "embedded-text" ? { ...found, remedy } : found;
  }
  return explainTextPair(left, right, at, windows);
}
