import { type Checksums, type DistPlan, formulaeOf, type Release } from "@release-actions/dist-plan";
import { FormulaError } from "@release-actions/homebrew";
import { openReleaseFiles, type PublishingRun } from "@release-actions/release-run";

/** A formula as cargo-dist made it. */
export interface Source {
  readonly release: Release;
  /** `widget.rb`. */
  readonly file: string;
  readonly text: string;
}

export interface Collected {
  readonly sources: readonly Source[];
  /** The checksums of the finished build, as far as the folder of the formulae and the run have them. */
  readonly checksums: Checksums;
}

/** Reads every formula of the plan, and the checksums beside them, from a folder or from artifacts of the run. */
export async function collect(plan: DistPlan, place: string, run: PublishingRun): Promise<Collected> {
  const { facts, artifacts } = run;
  const wanted = plan.releases.flatMap((release) => formulaeOf(release).map(({ name: file }) => ({ release, file })));
  if (wanted.length === 0) {
    throw new FormulaError("the plan has no formula", {
      advice: "Add `homebrew` to the `installers` of cargo-dist's configuration.",
    });
  }
  const files = await openReleaseFiles({ name: "formulae", value: place }, facts.workspace, artifacts);
  const sources: Source[] = [];
  for (const { release, file } of wanted) {
    const content = await files.read(file);
    if (content === undefined) throw new FormulaError(`the plan lists ${file}, but it is not in ${place}`);
    sources.push({ release, file, text: decode(content, file) });
  }
  return { sources, checksums: await files.checksums(plan) };
}

function decode(content: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw new FormulaError(`${file} is not UTF-8 text`, { cause });
  }
}
