/** The Debian releases an engine of ours is made from, and the packages it needs from there. */
const SYSTEMS = {
  sid: ["docker.io", "docker-cli", "docker-buildx", "runc", "tini", "ca-certificates"],
  bookworm: ["docker.io", "runc", "tini", "ca-certificates"],
} as const;

export type Suite = keyof typeof SYSTEMS;

export interface VariantRecipe {
  readonly suite: Suite;
  /** What stands in the engine's daemon.json. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** The engines that can be started side by side; `any` beside them means whatever engine answers. */
export const VARIANTS = {
  containerd: { suite: "sid", config: { features: { "containerd-snapshotter": true } } },
  overlay2: {
    suite: "sid",
    config: { features: { "containerd-snapshotter": false }, "storage-driver": "overlay2" },
  },
  "20.10": { suite: "bookworm", config: { "storage-driver": "overlay2" } },
} as const satisfies Record<string, VariantRecipe>;

export type OwnVariant = keyof typeof VARIANTS;
export type Variant = OwnVariant | "any";

export const OWN_VARIANTS: readonly OwnVariant[] = ["containerd", "overlay2", "20.10"];

export function isOwnVariant(text: string): text is OwnVariant {
  return Object.hasOwn(VARIANTS, text);
}

export function packagesOf(suite: Suite): readonly string[] {
  return SYSTEMS[suite];
}
