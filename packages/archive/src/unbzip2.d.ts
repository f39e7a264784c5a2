declare module "unbzip2-stream/lib/bzip2.js" {
  /** Reads bits, most significant first; `null` moves to the next byte. */
  type ReadBits = (count: number | null) => number;
  const decoder: {
    /** The block size in units of 100,000 bytes. */
    header(bits: ReadBits): number;
    /** Decodes one block; returns null after the last, when the checksum was verified. */
    decompress(
      bits: ReadBits,
      write: (byte: number) => void,
      buffer: Int32Array,
      bufferSize: number,
      streamCrc: number,
    ): number | null;
  };
  export default decoder;
}
