import { type Artifact, archivesOf, type Release } from "@release-actions/dist-plan";
import { Fault } from "@release-actions/report";

/** An archive with binaries for one platform of images. */
export interface LinuxArchive {
  /** `linux/arm64`, as buildx names its `TARGETPLATFORM`. */
  readonly platform: string;
  readonly target: string;
  readonly archive: Artifact;
}

/** Architectures of Rust targets, in Go's terms (rustc's "Platform Support", Go's "GOARCH"). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  aarch64: "arm64",
  armv7: "arm/v7",
  arm: "arm/v6",
  i686: "386",
  powerpc64le: "ppc64le",
  riscv64gc: "riscv64",
  s390x: "s390x",
  loongarch64: "loong64",
};

/** One archive for each Linux platform of a release. The one for musl is preferred, since it runs in every image. */
export function linuxArchives(release: Release): readonly LinuxArchive[] {
  const found = archivesOf(release).flatMap((archive) =>
    archive.targets.flatMap((target): LinuxArchive[] => {
      const architecture = ARCHITECTURES[target.split("-")[0] ?? ""];
      if (!/-linux-(musl|gnu)/.test(target) || architecture === undefined) return [];
      return [{ platform: `linux/${architecture}`, target, archive }];
    }),
  );
  if (found.length === 0) throw new Fault(`the plan has no archive of ${release.app} for Linux`);
  const preferred = found.toSorted((a, b) => Number(b.target.includes("musl")) - Number(a.target.includes("musl")));
  const chosen = new Map<string, LinuxArchive>();
  for (const archive of preferred) if (!chosen.has(archive.platform)) chosen.set(archive.platform, archive);
  return [...chosen.values()].sort((a, b) => (a.platform < b.platform ? -1 : 1));
}
