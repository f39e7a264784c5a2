import type { Answer, Request } from "../http.ts";

const DEFAULT_PAGE = 30;
const LARGEST_PAGE = 100;

export interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

/** One page of a list and its `Link` header: docs.github.com, "Using pagination in the REST API". */
export function paginate<T>(request: Request, origin: string, all: readonly T[]): Page<T> {
  const size = Math.min(positive(request.query.get("per_page"), DEFAULT_PAGE), LARGEST_PAGE);
  const page = positive(request.query.get("page"), 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (target: number, rel: string): string => {
    const query = new URLSearchParams(request.query);
    query.set("page", String(target));
    return `<${origin}${request.path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  const headers: Record<string, string> = links.length === 0 ? {} : { Link: links.join(", ") };
  return { items: all.slice((page - 1) * size, page * size), headers };
}

/** A list as the Actions endpoints wrap it: `{ total_count, <key>: [...] }`. */
export function counted<T>(request: Request, origin: string, key: string, all: readonly T[]): Answer {
  const { items, headers } = paginate(request, origin, all);
  return { status: 200, headers, body: { total_count: all.length, [key]: items } };
}

function positive(text: string | null, fallback: number): number {
  const value = Number(text ?? fallback);
  return Number.isSafeInteger(value) && value > 0 ? value : fallback;
}
