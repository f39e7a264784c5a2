/**
 * Faults of a network. A rule may combine several of them. Offsets and rates count bytes of the body as it is
 * transferred.
 */
export type NetworkFault =
  /** The connection is reset (RST): before the request is passed on, or after `after` bytes of the answer. */
  | { readonly kind: "reset"; readonly after?: number }
  /** The request is carried out, but the connection is reset before the answer, so the client does not know the result. */
  | { readonly kind: "lost-answer" }
  /** The connection is closed (FIN) early, without a change to the framing of the answer. */
  | { readonly kind: "cut"; readonly after: number }
  /** The connection stays open, but nothing more is sent: before the headers, or after `after` bytes. */
  | { readonly kind: "stall"; readonly after?: number }
  | { readonly kind: "drip"; readonly bytesPerSecond: number }
  /** The proxy answers itself, and does not pass the request on. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** A redirect to the same path: relative, or at another origin. */
  | { readonly kind: "redirect"; readonly to: "relative" | URL }
  /** Headers are set, or removed if undefined. */
  | { readonly kind: "headers"; readonly set: Readonly<Record<string, string | undefined>> }
  /** Only the status is changed. */
  | { readonly kind: "status"; readonly status: number }
  /** The answer is compressed and says so, even if the client does not accept that. */
  | { readonly kind: "gzip" }
  | { readonly kind: "flip"; readonly at: number }
  /** The body is empty, and the headers say so. */
  | { readonly kind: "empty" }
  /** The server behaves as if it did not support ranges. */
  | { readonly kind: "no-ranges" }
  /** The answer has no length: it is chunked, or ends when the connection closes. */
  | { readonly kind: "no-length"; readonly framing: "chunked" | "close" };

export type FaultKind = NetworkFault["kind"];

/** The fault of this kind in a list, with the type of that kind. */
export function find<K extends FaultKind>(
  faults: readonly NetworkFault[],
  kind: K,
): Extract<NetworkFault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<NetworkFault, { kind: K }> => fault.kind === kind);
}
