import { FileTree } from "@release-actions/example-product";
import { type CheckOptions, checkPins } from "../check.ts";
import { placeOf } from "../fact.ts";
import { planFix } from "../fix.ts";
import { NO_HISTORY } from "../locate/history.ts";
import { Repository } from "../locate/repository.ts";

export interface Checked {
  /** `error Cargo.toml:4: message`, at the follower. */
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly elsewhere: readonly string[];
  /** The sites of each fact as `value at file:line`, by the name of the fact. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
  /** The files that the fix changes, with their new contents. */
  readonly fixed: Readonly<Record<string, string>>;
  readonly unread: readonly string[];
}

/** Checks a repository of these files, without a configuration unless one of the options names it. */
export async function checkFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<CheckOptions> = {},
): Promise<Checked> {
  using tree = new FileTree(files);
  const repository = new Repository(tree.root);
  const result = await checkPins({
    ...{ config: undefined, tag: undefined, only: [], history: NO_HISTORY, today: "2026-11-20" },
    inspectImage: async () => undefined,
    imageDigest: async () => undefined,
    ...options,
    repository,
  });
  const plan = await planFix(repository, result.findings);
  return {
    findings: result.findings.map(({ severity, follower, message }) => `${severity} ${placeOf(follower)}: ${message}`),
    notes: result.notes,
    elsewhere: result.elsewhere,
    facts: Object.fromEntries(
      result.facts.map(({ name, sites }) => [name, sites.map((site) => `${site.value} at ${placeOf(site)}`)]),
    ),
    fixed: Object.fromEntries(plan.files),
    unread: result.unread.map(({ level, message }) => `${level} ${message}`),
  };
}
