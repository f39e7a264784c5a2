import { writeFileSync } from "node:fs";
import path from "node:path";
import { applyEdits, type Edit } from "@release-actions/text";
import { placeOf, type Rewrite } from "./fact.ts";
import type { Repository } from "./locate/repository.ts";
import type { Finding } from "./relation.ts";

/** The planned repairs. */
export interface FixResult {
  /** The new contents of the files to change, by their path in the repository. */
  readonly files: ReadonlyMap<string, string>;
  readonly fixed: readonly Finding[];
  /** Errors that no edit can repair. */
  readonly left: readonly Finding[];
}

/** Plans the edits that make followers agree with their leaders. Writes nothing. */
export async function planFix(repository: Repository, findings: readonly Finding[]): Promise<FixResult> {
  const edits = new Map<string, Edit[]>();
  const fixed: Finding[] = [];
  const left: Finding[] = [];
  // Only errors are repaired, because the difference behind a warning may be intended.
  for (const finding of findings.filter(({ severity }) => severity === "error")) {
    const wanted = [(await rewriteFor(finding)) ?? []].flat();
    const file = finding.follower.location?.file;
    const known = file === undefined ? [] : (edits.get(file) ?? []);
    if (wanted.length === 0 || file === undefined || wanted.some((edit) => collides(known, edit))) {
      left.push(finding);
      continue;
    }
    edits.set(file, [...known, ...wanted]);
    fixed.push(finding);
  }
  const files = new Map([...edits].map(([file, list]) => [file, applyEdits(repository.text(file), list)]));
  return { files, fixed, left };
}

/** Writes the changed files of a plan to the repository. */
export function writeFix(repository: Repository, { files }: FixResult): void {
  for (const [file, text] of files) writeFileSync(path.join(repository.root, file), text);
}

function rewriteFor({ follower, repair }: Finding): Rewrite | Promise<Rewrite> {
  if (repair === undefined) return undefined;
  if (repair.kind === "rewrite") return follower.rewrite?.(repair.value);
  if (follower.append !== undefined) return follower.append(repair.items);
  return follower.rewrite?.([follower.value, ...repair.items].filter((part) => part !== "").join(" "));
}

/**
 * Whether an edit contradicts known ones. The same edit may come twice (two images from one ARG), but two different
 * edits of one range contradict each other.
 */
function collides(known: readonly Edit[], edit: Edit): boolean {
  return known.some((each) => {
    const same = each.start === edit.start && each.end === edit.end;
    return same ? each.text !== edit.text : each.start < edit.end && edit.start < each.end;
  });
}

/** `Cargo.toml:5: 1.94 -> 1.95`, for logs. */
export function describeRepair(finding: Finding): string {
  const { follower, repair } = finding;
  if (repair === undefined) return placeOf(follower);
  const change = repair.kind === "rewrite" ? `${follower.value} -> ${repair.value}` : `+ ${repair.items.join(" ")}`;
  return `${placeOf(follower)}: ${change}`;
}
