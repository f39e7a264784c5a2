/** An artifact as a listing describes it, which can be read. */
export interface ArtifactLocation {
  readonly id: number;
  readonly name: string;
  /** The stored size in bytes: that of the zip, or of the raw file. */
  readonly size: number;
  /** `sha256:<hex>` of the stored bytes; some older services have none. */
  readonly digest: string | undefined;
  readonly createdAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly runId: number | undefined;
  /** Requests a new signed URL, which is valid for about ten minutes. */
  readonly mintUrl: (signal?: AbortSignal) => Promise<URL>;
}
