import { commandsOf } from "@release-actions/shell";
import type { CiStep, Purpose } from "./job.ts";

export interface JobDescription {
  /** The workflow's file and name. */
  readonly workflow: string;
  /** The events that start the workflow, with the names of their filters. */
  readonly triggers: string;
  /** The job's id and name. */
  readonly job: string;
  readonly steps: readonly CiStep[];
}

/** Words in a workflow's name that show that its output is shipped. */
const RELEASING =
  /\b(release|releases|publish|publishing|deploy|deployment|dist|distribute|package|packages|packaging|cd|build-binaries|binaries|artifacts|nightly-build)\b/i;
const CHECKING =
  /\b(test|tests|testing|check|checks|lint|clippy|fmt|format|rustfmt|miri|fuzz|doc|docs|coverage|bench|benchmark|msrv|semver|audit|deny|typos|hack)\b/i;

/** Actions that publish what was built. */
const SHIPPING_ACTIONS =
  /^(softprops\/action-gh-release|ncipollo\/release-action|svenstaro\/upload-release-action|actions\/upload-release-asset|taiki-e\/upload-rust-binary-action|rust-build\/rust-build\.action|houseabsolute\/actions-rust-release|goreleaser\/goreleaser-action|AButler\/upload-release-assets|shogo82148\/actions-upload-release-asset|alexellis\/upload-assets|katyo\/publish-crates|MarcoIeni\/release-plz-action|release-plz\/action|pypa\/gh-action-pypi-publish)\b/i;
const BUILDING_ACTIONS =
  /^(PyO3\/maturin-action|messense\/maturin-action|houseabsolute\/actions-rust-cross|taiki-e\/upload-rust-binary-action|rust-build\/rust-build\.action|goreleaser\/goreleaser-action)\b/i;

/** Whether a job builds something that is shipped. A list of steps for cargo-dist (`github-build-setup`) is classified by the caller. */
export function purposeOf({ workflow, triggers, job, steps }: JobDescription): Purpose {
  if (!steps.some(builds)) return "checks";
  if (steps.some(ships)) return "ships";
  const isReleased = RELEASING.test(spaced(workflow)) || /\brelease\b|\btags\b/.test(triggers);
  // A checking workflow that also runs on tags remains a check, unless the job's own name speaks of a release.
  return isReleased && !CHECKING.test(spaced(job)) && !(CHECKING.test(spaced(workflow)) && !RELEASING.test(spaced(job)))
    ? "ships"
    : "checks";
}

/** Splits file names and ids into words. */
function spaced(text: string): string {
  return text.replaceAll(/[_./-]+/g, " ").replaceAll(/([a-z])([A-Z])/g, "$1 $2");
}

/** Subcommands of cargo that compile what could be shipped. */
const COMPILES =
  /^(build|b|rustc|install|zigbuild|auditable|dist|deb|generate-rpm|bundle|lipo|ndk|xtask|make|wix|packager|chef|cross|tauri|lambda|component|xwin)$/;

/** Whether a step compiles something that could be shipped. */
export function builds({ uses, run }: CiStep): boolean {
  if (uses !== undefined && BUILDING_ACTIONS.test(String(uses.value))) return true;
  if (run === undefined) return false;
  return commandsOf(run.text).some(({ words: [program, ...args] }) => {
    const name = program?.value?.split("/").at(-1) ?? "";
    const values = args.map(({ value }) => value ?? "").filter((value) => !value.startsWith("+"));
    if (/^(cargo|cross)$/.test(name)) return COMPILES.test(values.find((value) => !value.startsWith("-")) ?? "");
    if (/^(dist|cargo-dist|maturin|wasm-pack)$/.test(name)) return values[0] === "build";
    return /^(make|just)$/.test(name) && values.some((value) => /build|release|dist|package/.test(value));
  });
}

function ships({ uses, run }: CiStep): boolean {
  if (uses !== undefined && SHIPPING_ACTIONS.test(String(uses.value))) return true;
  if (run === undefined) return false;
  return commandsOf(run.text).some(({ words }) => {
    const line = words.map(({ value }) => value ?? "").join(" ");
    return /^(gh release (create|upload)|cargo publish|npm publish|twine upload|docker push|dist build|cargo dist build)\b/.test(
      line,
    );
  });
}
