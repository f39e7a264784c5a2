import type { BinaryNeeds, PackageFiles, WantedPlatform } from "@release-actions/npm";
import type { RunFacts } from "@release-actions/release-run";
import type { ActionRunner } from "../action.gen.ts";
import type { NpmCli } from "../npm-cli.ts";
import type { Released } from "../released.ts";
import type { ArchiveStore } from "./archive-store.ts";
import type { BuiltPackage } from "./pack.ts";

/** What the build needs in addition to the inputs. */
export interface BuildContext {
  readonly runner: ActionRunner;
  readonly facts: RunFacts;
  readonly released: Released;
  readonly store: ArchiveStore;
  readonly npm: NpmCli;
}

export interface BuiltPlatform {
  readonly wanted: WantedPlatform;
  readonly needs: BinaryNeeds;
  /** The files taken from the archive in addition to the program. */
  readonly extras: PackageFiles;
  readonly built: BuiltPackage;
}
