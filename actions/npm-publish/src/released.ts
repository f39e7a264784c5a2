import { parseVersion, type Version } from "@release-actions/channel";
import {
  archivesOf,
  type Checksums,
  checksumsOf,
  type DistPlan,
  loadPlan,
  releaseOf,
  requireTag,
} from "@release-actions/dist-plan";
import { NpmError, platformOfTarget } from "@release-actions/npm";
import { type PublishingRun, subjectOfVersion } from "@release-actions/release-run";
import type { ActionRunner } from "./action.gen.ts";

/** One archive of an app. */
export interface AppArchive {
  readonly file: string;
  readonly targets: readonly string[];
  /** The paths of the programs in it, as far as the plan lists them. */
  readonly programs: readonly string[];
}

/** The release of one app: its version and archives. */
export interface ReleasedApp {
  readonly app: string;
  readonly version: Version;
  readonly archives: readonly AppArchive[];
}

/** Describes the release, from a plan or from a version and the names of the archives. */
export interface Released {
  readonly checksums: Checksums;
  app(name: string | undefined, archiveNames: readonly string[]): ReleasedApp;
  /**
   * The app without its archives, for when only names are needed.
   *
   * @param isNamed whether the package's name is known without the app's.
   */
  name(name: string | undefined, isNamed: boolean): ReleasedApp;
}

export async function findReleased(runner: ActionRunner, { facts, artifacts }: PublishingRun): Promise<Released> {
  const { inputs } = runner;
  if (inputs.version !== undefined) {
    const { version } = subjectOfVersion(parseVersion(inputs.version, "the input `version`"), facts.tag);
    return {
      checksums: new Map(),
      app: (name, files) => appOfNames(version, name, files),
      name: (name, isNamed) => {
        if (name !== undefined || isNamed) return { app: name ?? "", version, archives: [] };
        throw new NpmError("there is no plan, and the input `packages` names neither a `package` nor an `app`");
      },
    };
  }
  const plan = await loadPlan(inputs.plan, artifacts.read);
  requireTag(plan, facts.tag);
  const app = (name: string | undefined): ReleasedApp => appOfPlan(plan, name);
  return { checksums: checksumsOf(plan), app, name: app };
}

function appOfPlan(plan: DistPlan, name: string | undefined): ReleasedApp {
  const release = releaseOf(plan, name);
  const archives = archivesOf(release).map(({ name: file, targets, programs }) => ({ file, targets, programs }));
  if (archives.length === 0) throw new NpmError(`the plan has no archive with a program of ${release.app}`);
  return { app: release.app, version: release.version, archives };
}

/** Finds the app in file names of cargo-dist's form, `<app>-<target>.<extension>`. */
function appOfNames(version: Version, wanted: string | undefined, files: readonly string[]): ReleasedApp {
  const found = files.flatMap((file) => {
    const [, stem = ""] = /^(.+)\.(?:tar\.(?:gz|xz|zst)|tgz|zip)$/.exec(file) ?? [];
    const [, app, target = ""] = /^(.+?)-((?:[a-z0-9_]+)-(?:unknown|apple|pc)-.+)$/.exec(stem) ?? [];
    if (app === undefined || platformOfTarget(target) === undefined) return [];
    return [{ app, archive: { file, targets: [target], programs: [] } }];
  });
  const apps = [...new Set(found.map(({ app }) => app))].sort();
  const app = wanted ?? apps[0];
  const archives = found.filter((candidate) => candidate.app === app).map(({ archive }) => archive);
  if (app === undefined || archives.length === 0) {
    throw new NpmError(`there are archives of ${apps.join(", ") || "no app"}, expected ${app ?? "one"}`, {
      advice: "Archives are called <app>-<target>.tar.gz, such as widget-x86_64-unknown-linux-gnu.tar.gz.",
    });
  }
  if (wanted === undefined && apps.length > 1) {
    throw new NpmError(`there are archives of ${apps.join(", ")}: name the right app in \`packages\``);
  }
  return { app, version, archives };
}
