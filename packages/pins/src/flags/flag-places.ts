import { commandsOf, variablesWrittenTo } from "@release-actions/shell";
import type { Scalar } from "yaml";
import type { CiJob, CiStep } from "../ci/job.ts";
import type { Sources } from "../detect/detected.ts";
import { DOCKERFILES } from "../detect/files.ts";
import { releaseSetup } from "../detect/release-setup.ts";
import { plainSite, type Site } from "../fact.ts";
import { wordSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { type Script, stageScripts } from "../locate/script.ts";
import { scalarSite } from "../locate/yaml-file.ts";
import { useOfDockerfile } from "../rust/dockerfile-use.ts";
import { hostsOf, onlyFor, triplesIn } from "./targets.ts";

/** One place that sets RUSTFLAGS for later builds by cargo. */
export interface FlagPlace {
  readonly site: Site;
  /** "release RUSTFLAGS" in the steps that cargo-dist inserts before its builds. */
  readonly fact: "RUSTFLAGS" | "release RUSTFLAGS";
  readonly use: "ships" | "checks" | "develops";
  /** The target triples that are built there; empty when they are unknown. */
  readonly targets: readonly string[];
  /** The subject of the message about this place. */
  readonly says: string;
}

/** Actions that set RUSTFLAGS by themselves, each with the input for the flags and its default. */
const SETTING_ACTIONS: readonly { readonly pattern: RegExp; readonly input: string; readonly flags: string }[] = [
  { pattern: /^actions-rust-lang\/setup-rust-toolchain@/, input: "rustflags", flags: "-D warnings" },
];

/**
 * Finds all places that set RUSTFLAGS.
 *
 * @param released the targets of cargo-dist
 */
export function flagPlaces({ repository, jobs }: Sources, released: readonly string[]): FlagPlace[] {
  const setup = releaseSetup(repository);
  const places = jobs.flatMap((job) => {
    const isRelease = job.file === setup?.file;
    if (isRelease && setup.isDerived) return [];
    const targets = isRelease ? released : targetsOf(job);
    const use = isRelease ? "ships" : job.purpose;
    const fact = isRelease ? "release RUSTFLAGS" : "RUSTFLAGS";
    return jobPlaces(job).map(({ site, says, condition = "" }): FlagPlace => {
      return { site, says, fact, use, targets: onlyFor(condition, targets) };
    });
  });
  return [...unique(places), ...dockerPlaces(repository)];
}

/** Merges the entries for one line of a workflow's `env`: the result has the use of the most important job and the targets of all jobs. */
function unique(places: readonly FlagPlace[]): FlagPlace[] {
  const byLine = Map.groupBy(
    places,
    ({ site: { location } }) => `${location?.file}:${location?.line}:${location?.column}`,
  );
  return [...byLine.values()].flatMap((group) => {
    const heaviest = group.find(({ use }) => use === "ships") ?? group[0];
    return heaviest === undefined
      ? []
      : [{ ...heaviest, targets: [...new Set(group.flatMap(({ targets }) => targets))] }];
  });
}

interface Said {
  readonly site: Site;
  readonly says: string;
  readonly condition?: string;
}

function plainly(site: Site): Said {
  return { site, says: `RUSTFLAGS "${site.value}"` };
}

function jobPlaces(job: CiJob): Said[] {
  return [...scopePlaces(job, job.env), ...job.steps.flatMap((step) => stepPlaces(job, step))];
}

function scopePlaces(job: CiJob, scope: ReadonlyMap<string, Scalar>): Said[] {
  const scalar = scope.get("RUSTFLAGS");
  return scalar === undefined || String(scalar.value).includes("${{") ? [] : [plainly(scalarSite(job.yaml, scalar))];
}

function stepPlaces(job: CiJob, step: CiStep): Said[] {
  const { condition, run } = step;
  const scripted = run?.text.includes("RUSTFLAGS") ? [...exportedFlags(run), ...assignedFlags(run)] : [];
  const own = [...scopePlaces(job, step.env), ...scripted.map(plainly), ...actionPlaces(job, step)];
  return own.map((each) => ({ ...each, condition }));
}

function exportedFlags(script: Script): Site[] {
  return variablesWrittenTo("GITHUB_ENV", script.text).flatMap(({ name, value, start, isVerbatim }) =>
    name === "RUSTFLAGS" && value !== undefined ? [script.site(value, start, isVerbatim)] : [],
  );
}

/** `RUSTFLAGS=... cargo build`, `export RUSTFLAGS=...`. A value that extends an earlier one is unknown and left out. */
function assignedFlags(script: Script): Site[] {
  return commandsOf(script.text).flatMap(({ assignments, words }) => {
    if (/^(fmt|install|binstall|doc|rustdoc)$/.test(words[1]?.value ?? "")) return [];
    return assignments.flatMap(({ name, value: { value, start, valueStart } }) =>
      name === "RUSTFLAGS" && value !== undefined
        ? [script.site(value, valueStart ?? start, valueStart !== undefined)]
        : [],
    );
  });
}

/** A setup action that sets RUSTFLAGS, by its input or by default. */
function actionPlaces(job: CiJob, step: CiStep): Said[] {
  const { uses } = step;
  const setting = uses && SETTING_ACTIONS.find(({ pattern }) => pattern.test(String(uses.value)));
  if (setting === undefined || uses === undefined) return [];
  const given = step.with.get(setting.input);
  const text = given === undefined ? setting.flags : String(given.value ?? "");
  if (text === "" || text.includes("${{")) return [];
  const name = String(uses.value).split("@")[0];
  if (given !== undefined)
    return [{ site: scalarSite(job.yaml, given), says: `${name} sets RUSTFLAGS to "${text}" and` }];
  const [start = 0] = uses.range ?? [];
  const site = plainSite({ value: text, location: job.yaml.locate(start) });
  return [
    { site, says: `${name} sets RUSTFLAGS to "${text}" by itself (\`${setting.input}: ""\` leaves it alone) and` },
  ];
}

/** The targets of a job: the triples that it names, and those of its runners. */
function targetsOf({ yaml, runsOn = "", matrix, steps, id }: CiJob): string[] {
  const labels = runsOn.includes("${{")
    ? [...matrix].flatMap(([axis, values]) =>
        /os|runner|platform|runs/.test(axis) ? values.map(({ value }) => String(value)) : [],
      )
    : [runsOn];
  const inMatrix = [...matrix.values()].flat().map(({ value }) => String(value));
  const inSteps = steps.flatMap((step) => [
    step.run?.text ?? "",
    ...[...step.with.values()].map(({ value }) => String(value)),
  ]);
  const own = triplesIn([...inMatrix, ...inSteps].join("\n"));
  // A composite action or a list of steps runs wherever its caller does.
  return [...new Set([...own, ...hostsOf(id === yaml.file ? ["linux", "macos", "windows"] : labels)])];
}

function dockerPlaces(repository: Repository): FlagPlace[] {
  return repository.readable(DOCKERFILES, (file) => {
    const dockerfile = repository.dockerfile(file);
    const common = { fact: "RUSTFLAGS", use: useOfDockerfile(dockerfile) } as const;
    const targets = [...new Set([...triplesIn(dockerfile.text), ...hostsOf(["linux"])])];
    const sites = dockerfile.stages.flatMap((stage) => {
      const set = [stage.env, stage.args].flatMap((scope) => {
        const flags = scope.get("RUSTFLAGS");
        const inherited = stage.parent?.env.get("RUSTFLAGS") === flags || stage.parent?.args.get("RUSTFLAGS") === flags;
        return flags === undefined || flags.word.unset !== undefined || inherited ? [] : [wordSite(flags)];
      });
      return [...set, ...stageScripts(dockerfile, stage).flatMap(assignedFlags)];
    });
    return sites.map((site): FlagPlace => ({ ...common, ...plainly(site), targets }));
  });
}
