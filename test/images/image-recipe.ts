/** One layer: a file of this many bytes, with the same content for the same seed. */
export interface LayerRecipe {
  readonly seed: string;
  readonly bytes: number;
}

/** An image built FROM scratch with a static busybox, so that a container of it can run a shell. */
export interface ImageRecipe {
  readonly layers: readonly LayerRecipe[];
  /** The compression of the layers in an OCI archive. Default: gzip, as in buildx. */
  readonly compression?: "gzip" | "zstd" | "uncompressed";
  /** Default: only the engine's own platform. */
  readonly platforms?: readonly string[];
  /** Names of the image. Default: none, and then the archive's index has none either. */
  readonly names?: readonly string[];
  /** Whether buildx adds its provenance attestation to the index. Default true, as buildx does. */
  readonly attestations?: boolean;
}

const MB = 1_000_000;

/** The images that more than one test, the demo or the bench uses. */
export const RECIPES = {
  /** Boots and says hello; a few MB. */
  tiny: { layers: [{ seed: "tiny", bytes: 200_000 }], names: ["localhost/tiny:1"] },
  unnamed: { layers: [{ seed: "unnamed", bytes: 200_000 }] },
  threeNames: {
    layers: [{ seed: "three names", bytes: 200_000 }],
    names: ["localhost/one:1", "localhost/two:2", "localhost/three:3"],
  },
  zstd: { layers: [{ seed: "zstd", bytes: 200_000 }], compression: "zstd", names: ["localhost/zstd:1"] },
  uncompressed: {
    layers: [{ seed: "uncompressed", bytes: 200_000 }],
    compression: "uncompressed",
    names: ["localhost/plain:1"],
  },
  twoPlatforms: {
    layers: [{ seed: "two platforms", bytes: 200_000 }],
    platforms: ["linux/amd64", "linux/arm64"],
    names: ["localhost/multi:1"],
  },
  foreign: {
    layers: [{ seed: "foreign", bytes: 200_000 }],
    platforms: ["linux/s390x"],
    names: ["localhost/foreign:1"],
  },
  noAttestations: {
    layers: [{ seed: "no attestations", bytes: 200_000 }],
    attestations: false,
    names: ["localhost/bare:1"],
  },
} as const satisfies Record<string, ImageRecipe>;

/** An image about as large as a database server's: 170 MB compressed, most of it in one layer; or `times` that. */
export function largeRecipe(compression: "gzip" | "zstd", times = 1): ImageRecipe {
  const sizes = Array.from({ length: times }, () => [210, 80, 55, 20, 4, 1]).flat();
  const layers = sizes.map((size, index) => ({ seed: `large ${index}`, bytes: size * MB }));
  return { layers, compression, names: ["localhost/large:1"], attestations: false };
}
