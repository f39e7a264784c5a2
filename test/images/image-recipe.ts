/** One layer: a file of so many bytes, of content that is the same for the same seed. */
export interface LayerRecipe {
  readonly seed: string;
  readonly bytes: number;
}

/** An image built FROM scratch with a static busybox, so that a container of it can run a shell. */
export interface ImageRecipe {
  readonly layers: readonly LayerRecipe[];
  /** Of the layers in an OCI archive. Default gzip, as buildx does it. */
  readonly compression?: "gzip" | "zstd" | "uncompressed";
  /** Default: the engine's own alone. */
  readonly platforms?: readonly string[];
  /** Names for the image; with none, the archive's index carries none. */
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

/** About what a database server's image is: 170 MB when compressed, most of it in one layer; or several times that. */
export function largeRecipe(compression: "gzip" | "zstd", times = 1): ImageRecipe {
  const sizes = Array.from({ length: times }, () => [210, 80, 55, 20, 4, 1]).flat();
  const layers = sizes.map((size, index) => ({ seed: `large ${index}`, bytes: size * MB }));
  return { layers, compression, names: ["localhost/large:1"], attestations: false };
}
