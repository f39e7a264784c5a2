import path from "node:path";
import type { Scalar } from "yaml";
import { type CiJob, type CiStep, resolveValue, valuesOf } from "../ci/job.ts";
import { narrowSite, plainSite, type Site } from "../fact.ts";
import { scalarSite } from "../locate/yaml-file.ts";
import { type RustPlace, rustPlace, speaksOfMsrv } from "./place.ts";
import { scriptToolchains } from "./rustup-commands.ts";

/** Variables that name a toolchain. */
export const RUST_VARIABLE =
  /^(?:(?:ci|my|default)_)?(?:(?:rust|rustc|rust_lang)_?(?:version|toolchain|toolchain_version|channel|stable|stable_version|release|ver)?|rustup_toolchain(?:_version)?|rust_?up_?default_?toolchain)$/i;
const MSRV_VARIABLE =
  /^(?:rust_?)?msrv(?:_?version)?$|^(?:rust_)?min(?:imum)?(?:_supported)?_rust(?:_version)?$|^rust_min(?:imum)?(?:_version)?$|^rust_msrv$/i;

/** Inputs of actions that name a toolchain, for any action. moonrepo's input `channel` is handled separately. */
const INPUTS = /^(toolchain|rust-toolchain|rust_toolchain|rust-version|rust_version|rustc-version|rust)$/;
/** Actions for tools that install the Rust that they need by themselves. */
const TOOL_ACTIONS =
  /^(obi1kenobi\/cargo-semver-checks-action|EmbarkStudios\/cargo-deny-action|rustsec\/audit-check|actions-rs\/audit-check)\b/i;

/** Every place in a workflow, a composite action or a list of steps that names a Rust toolchain. */
export function ciPlaces(jobs: readonly CiJob[]): RustPlace[] {
  const places = jobs.flatMap((job) => [...variablePlaces(job), ...job.steps.flatMap((step) => stepPlaces(job, step))]);
  // Several jobs may use one line; a job that ships something takes precedence.
  const byLine = new Map<string, RustPlace>();
  for (const place of places) {
    const { file = "", line = 0, column = 0 } = place.site.location ?? {};
    const key = `${file}:${line}:${column}`;
    const known = byLine.get(key);
    if (known === undefined || (known.use !== "ships" && place.use === "ships")) byLine.set(key, place);
  }
  return [...byLine.values()];
}

function variablePlaces(job: CiJob): RustPlace[] {
  const scopes = [job.env, ...job.steps.map(({ env }) => env)];
  return scopes.flatMap((scope) =>
    [...scope].flatMap(([name, scalar]): RustPlace[] => {
      const isMsrv = MSRV_VARIABLE.test(name);
      if (!isMsrv && !RUST_VARIABLE.test(name)) return [];
      return placesOf(job, undefined, scalar, {
        fact: isMsrv ? "workflow MSRV" : "workflow toolchain",
        msrv: isMsrv,
        folder: "",
        yieldsToFile: name !== "RUSTUP_TOOLCHAIN",
      });
    }),
  );
}

function stepPlaces(job: CiJob, step: CiStep): RustPlace[] {
  return [...actionPlaces(job, step), ...commandPlaces(job, step)];
}

function actionPlaces(job: CiJob, step: CiStep): RustPlace[] {
  const uses = String(step.uses?.value ?? "");
  if (step.uses === undefined || TOOL_ACTIONS.test(uses)) return [];
  const given = [...step.with].filter(
    ([name, { value }]) => (INPUTS.test(name) || (name === "channel" && /setup-rust/.test(uses))) && value !== "",
  );
  // The input of this action overrides the toolchain file (README of the action, "Inputs").
  const yieldsToFile = !/^actions-rust-lang\/setup-rust-toolchain@/.test(uses);
  const context = { fact: "workflow toolchain", msrv: false, folder: step.workingDirectory, yieldsToFile };
  const named = given.flatMap(([, scalar]) => placesOf(job, step, scalar, context));
  if (given.length > 0 || !/^dtolnay\/rust-toolchain@/.test(uses)) return named;
  const site = refSite(job, step.uses);
  return site === undefined ? [] : makePlace(job, step, site, context, "only");
}

/** `dtolnay/rust-toolchain@1.80.0`, or a commit with the branch in the comment beside it. */
function refSite(job: CiJob, uses: Scalar): Site | undefined {
  const site = scalarSite(job.yaml, uses);
  const [, ref = ""] = site.value.split("@");
  if (!/^[0-9a-f]{40}$/.test(ref)) return ref === "master" || ref === "v1" ? undefined : narrowSite(site, /@(.+)$/);
  const comment = /^\s*(?:rust[ -]?)?v?([\w.-]+)/.exec(uses.comment ?? "")?.[1];
  // There is no rewrite: the commit would have to change with the comment, and only the action's repository knows the commit.
  return comment === undefined ? undefined : plainSite({ value: comment, location: site.location });
}

function commandPlaces(job: CiJob, step: CiStep): RustPlace[] {
  const named = step.run === undefined ? [] : scriptToolchains(step.run);
  return named.flatMap(({ site, text, variable, yieldsToFile, role }): RustPlace[] => {
    const context = { fact: "workflow command", msrv: false, folder: step.workingDirectory, yieldsToFile };
    if (site !== undefined) return makePlace(job, step, site, context, role);
    const [, kind, name = ""] = /^\$\{\{\s*(env|matrix|inputs)\.([\w.-]+)\s*\}\}$/.exec(text) ?? [];
    const [scalar] = variable === undefined ? valuesOf(kind, name, job, step) : valuesOf("env", variable, job, step);
    return scalar === undefined ? [] : placesOf(job, step, scalar, context);
  });
}

interface Context {
  readonly fact: string;
  readonly msrv: boolean;
  readonly folder: string;
  readonly yieldsToFile: boolean;
}

function placesOf(job: CiJob, step: CiStep | undefined, scalar: Scalar, context: Context): RustPlace[] {
  const { scalars, isAxis } = resolveValue(scalar, job, step);
  const releases = new Set(scalars.map(({ value }) => String(value)));
  const role = isAxis && releases.size > 1 ? "one of several" : "only";
  return scalars.flatMap((each) => makePlace(job, step, scalarSite(job.yaml, each), context, role));
}

function makePlace(
  job: CiJob,
  step: CiStep | undefined,
  site: Site,
  { fact, msrv, folder, yieldsToFile }: Context,
  role: RustPlace["role"],
): RustPlace[] {
  const label = `${job.label} ${step?.name ?? ""}`;
  return rustPlace(site, {
    fact,
    use: job.purpose,
    yieldsToFile,
    role: msrv || speaksOfMsrv(label) ? "msrv" : role,
    label,
    folder: path.posix.normalize(folder || "."),
  });
}
