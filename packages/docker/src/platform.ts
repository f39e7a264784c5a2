import { formatPlatform, type Platform } from "@release-actions/platform";

/** A platform in the form of the engine's API, without the OS version of Windows. */
export function platformParameter({ os, architecture, variant }: Platform): string {
  return formatPlatform({ os, architecture, variant: variant === "" ? undefined : variant });
}
