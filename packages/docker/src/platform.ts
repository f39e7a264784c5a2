import { formatPlatform, type Platform } from "@release-actions/platform";

/** As the engine's API takes a platform: Windows' version has no place in it. */
export function platformParameter({ os, architecture, variant }: Platform): string {
  return formatPlatform({ os, architecture, variant: variant === "" ? undefined : variant });
}
