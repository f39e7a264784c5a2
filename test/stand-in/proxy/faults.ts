/**
 * Faults of a network. A rule may combine several of them. Offsets and rates count bytes of the body as it is
 * transferred.
 */
export type NetworkFault =
  /** The connection is reset (RST): before the request is passed on, or after `after` bytes of the answer. */
  | { readonly kind: "reset"; readonly after?: number }
  /** The request is carried out, and the connection reset before its answer: the sender cannot know. */
  | { readonly kind: "lost-answer" }
  /** The connection is closed (FIN) early, the framing of the answer as it was. */
  | { readonly kind: "cut"; readonly after: number }
  /** Silence, with the connection open: before the headers, or after so many bytes. */
  | { readonly kind: "stall"; readonly after?: number }
  | { readonly kind: "drip"; readonly bytesPerSecond: number }
  /** An answer of the proxy's own; the server is not asked. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** A redirect to where the request was going: without a host, or at another origin. */
  | { readonly kind: "redirect"; readonly to: "relative" | URL }
  /** Headers set or, where undefined, taken away. */
  | { readonly kind: "headers"; readonly set: Readonly<Record<string, string | undefined>> }
  /** The status changed, the rest as it was. */
  | { readonly kind: "status"; readonly status: number }
  /** The answer is compressed, and says so, whatever the client accepts. */
  | { readonly kind: "gzip" }
  | { readonly kind: "flip"; readonly at: number }
  /** Nothing of the body arrives, and the headers agree with that. */
  | { readonly kind: "empty" }
  /** The server behaves as if it had never heard of ranges. */
  | { readonly kind: "no-ranges" }
  /** The length is not told: chunked, or until the connection closes. */
  | { readonly kind: "no-length"; readonly framing: "chunked" | "close" };

export type FaultKind = NetworkFault["kind"];

/** The fault of this kind in a list, with the type of that kind. */
export function find<K extends FaultKind>(
  faults: readonly NetworkFault[],
  kind: K,
): Extract<NetworkFault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<NetworkFault, { kind: K }> => fault.kind === kind);
}
