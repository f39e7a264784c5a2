import path from "node:path";

/** A Debian system in which an engine runs: the Debian release and the packages to install. */
export interface System {
  readonly suite: "sid" | "bookworm";
  readonly packages: readonly string[];
}

export interface VariantRecipe {
  readonly system: System;
  /** Whether to use Docker's newest engine instead of the system's own, if it is available. */
  readonly isNewest?: boolean;
  /** The command that starts the engine. */
  readonly command: (place: CommandPlace) => readonly string[];
  /** The command of a client for the engine that listens at `host`. */
  readonly client: (host: string) => readonly [string, ...string[]];
}

/** The folders and files that belong to one engine alone. */
export interface CommandPlace {
  readonly home: string;
  readonly host: string;
  readonly cgroup: string;
  /** The path of Docker's newest engine; undefined for the system's own. */
  readonly dockerd: string | undefined;
}

/**
 * Every engine has `pigz`, as on GitHub's hosted runners (`cmd_packages` of actions/runner-images' toolset): Docker's
 * packages recommend it, and the engine unpacks gzip layers with it instead of by itself.
 */
const docker28 = {
  suite: "sid",
  packages: ["docker.io", "docker-cli", "docker-buildx", "runc", "pigz", "tini", "ca-certificates"],
} as const;
const docker20 = { suite: "bookworm", packages: ["docker.io", "runc", "pigz", "tini", "ca-certificates"] } as const;
/** A system with podman and other tools that make images without an engine, for tests of their archives. */
export const podman5 = {
  suite: "sid",
  packages: ["skopeo", "podman", "buildah", "umoci", "crun", "netavark", "tini", "ca-certificates"],
} as const satisfies System;

/** The engines that can run side by side. The additional name `any` means any engine that answers. */
export const VARIANTS = {
  containerd: { ...docker(docker28, ["--feature=containerd-snapshotter=true"]), isNewest: true },
  overlay2: {
    ...docker(docker28, ["--feature=containerd-snapshotter=false", "--storage-driver=overlay2"]),
    isNewest: true,
  },
  "28": docker(docker28, ["--feature=containerd-snapshotter=true"]),
  "20.10": docker(docker20, ["--storage-driver=overlay2"]),
  podman: {
    system: podman5,
    command: ({ home, host }) => [
      "/usr/bin/podman",
      dataOption("root", home),
      "--runroot=/run/storage",
      "--cgroup-manager=cgroupfs",
      "--events-backend=file",
      "system",
      "service",
      "--time=0",
      host,
    ],
    client: (host) => ["podman", "--remote", "--url", host],
  },
} as const satisfies Record<string, VariantRecipe>;

export type OwnVariant = keyof typeof VARIANTS;
export type Variant = OwnVariant | "any";

/** Docker engines that cover both stores and old and new versions. */
export const DOCKER_VARIANTS = ["containerd", "overlay2", "20.10"] as const satisfies readonly OwnVariant[];

export const OWN_VARIANTS: readonly OwnVariant[] = [...DOCKER_VARIANTS, "28", "podman"];

export function isOwnVariant(text: string): text is OwnVariant {
  return Object.hasOwn(VARIANTS, text);
}

/** Whether these are the arguments of the engine that works in `home`. */
export function isEngineOf(home: string, args: readonly string[]): boolean {
  return args.includes(dataOption("data-root", home)) || args.includes(dataOption("root", home));
}

/**
 * The engine has no bridge and no packet filter: containers cannot reach outside networks, the machine's own network
 * is not changed, and engines do not affect each other. The engine shares the machine's loopback.
 */
function docker(system: System, options: readonly string[]): VariantRecipe {
  return {
    system,
    command: ({ home, host, cgroup, dockerd = "/usr/sbin/dockerd" }) => [
      dockerd,
      `--host=${host}`,
      dataOption("data-root", home),
      `--cgroup-parent=${cgroup}`,
      "--exec-opt=native.cgroupdriver=cgroupfs",
      "--bridge=none",
      "--iptables=false",
      "--ip6tables=false",
      ...options,
    ],
    client: (host) => ["docker", "--host", host],
  };
}

/** The option for the data folder, which also identifies the process of an engine. */
function dataOption(name: string, home: string): string {
  return `--${name}=${path.join(home, "data")}`;
}
