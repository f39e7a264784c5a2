/** In the words of Go and of the OCI image spec: `linux`, `amd64`; `v7`, `v8` for the variants of arm. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** As `docker pull --platform` takes it. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined || variant === "" ? [] : [variant])].join("/");
}
