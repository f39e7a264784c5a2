import { archivesOf, type Checksums, type DistPlan, type DroppedTargets } from "@release-actions/dist-plan";
import {
  CHECKSUMS_AND_SIGNATURES,
  fileFilter,
  gatewayUrl,
  parseGateway,
  parseRepository,
  rewriteUrls,
} from "@release-actions/download-urls";
import { checkFormula, checkLayout, type Expectation, FormulaError, parseFormula } from "@release-actions/homebrew";
import type { Problem } from "@release-actions/report";
import type { Source } from "./collect.ts";

/** What a formula must match: the release, the checksums of the finished build, and the gateway of the inputs. */
export function expectationOf(
  { release }: Source,
  plan: DistPlan,
  checksums: Checksums,
  gateway: string | undefined,
  isDropped: DroppedTargets,
): Expectation {
  const tag = plan.tag ?? release.version.text;
  const { hosting, downloadBases } = release;
  const through =
    gateway === undefined || hosting === undefined
      ? undefined
      : parseGateway(gateway, parseRepository(hosting.repository, hosting.server));
  return {
    version: release.version,
    tag,
    isDropped: (target) => isDropped(release.app, target),
    addressesOf: (file) => [
      ...downloadBases.map((base) => `${base}/${encodeURIComponent(file)}`),
      ...(through === undefined
        ? []
        : [gatewayUrl(through, { tag: spelledTag(hosting?.downloadBase, tag), file: encodeURIComponent(file) })]),
    ],
    archives: archivesOf(release).map(({ name, targets, sha256 }) => ({
      name,
      targets,
      sha256: checksums.get(name) ?? sha256,
    })),
  };
}

/** The tag as it is written in the download URLs of this release. */
function spelledTag(downloadBase: string | undefined, tag: string): string {
  return /\/releases\/download\/(.+)$/.exec(downloadBase ?? "")?.[1] ?? tag;
}

/** All findings about a formula. */
export function findProblems(source: Source, expected: Expectation): readonly Problem[] {
  try {
    return [
      ...checkFormula(parseFormula(source.text, source.file), expected),
      ...checkLayout(source.text, source.file),
    ];
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const message = error.advice === undefined ? error.message : `${error.message}\n${error.advice}`;
    return [{ level: "error", message, location: error.location }];
  }
}

/** Changes the download URLs of a formula to the gateway, with GitHub as the mirror. */
export function throughGateway(source: Source, gateway: string): Source {
  const { hosting } = source.release;
  if (hosting === undefined)
    throw new FormulaError(`${source.file} has no download from GitHub that could go through a gateway`);
  const { text, changed, alreadyRight } = rewriteUrls(source.text, {
    gateway: parseGateway(gateway, parseRepository(hosting.repository, hosting.server)),
    direction: "to-gateway",
    isWanted: fileFilter([], CHECKSUMS_AND_SIGNATURES),
    formula: { mirror: true },
  });
  if (changed.length + alreadyRight.length === 0) {
    throw new FormulaError(
      `${source.file} has no download from ${hosting.repository} that could go through the gateway`,
    );
  }
  return { ...source, text };
}
