import { writeFileSync } from "node:fs";
import path from "node:path";
import { applyEdits, type Edit } from "@release-actions/text";
import { placeOf } from "./fact.ts";
import type { Repository } from "./locate/repository.ts";
import type { Finding } from "./relation.ts";

export interface FixResult {
  /** Files as they would be, by their name in the repository. */
  readonly files: ReadonlyMap<string, string>;
  readonly fixed: readonly Finding[];
  /** Errors that no edit can mend. */
  readonly left: readonly Finding[];
}

/** Works out the edits that make followers follow; nothing is written. */
export function planFix(repository: Repository, findings: readonly Finding[]): FixResult {
  const edits = new Map<string, Edit[]>();
  const fixed: Finding[] = [];
  const left: Finding[] = [];
  for (const finding of findings) {
    const edit = editFor(finding);
    const file = finding.follower.location?.file;
    if (edit === undefined || file === undefined || collides(edits.get(file), edit)) {
      if (finding.severity === "error") left.push(finding);
      continue;
    }
    edits.set(file, [...(edits.get(file) ?? []), edit]);
    fixed.push(finding);
  }
  const files = new Map([...edits].map(([file, list]) => [file, applyEdits(repository.text(file), list)]));
  return { files, fixed, left };
}

export function writeFix(repository: Repository, { files }: FixResult): void {
  for (const [file, text] of files) writeFileSync(path.join(repository.root, file), text);
}

function editFor({ follower, repair }: Finding): Edit | undefined {
  if (repair === undefined) return undefined;
  if (repair.kind === "rewrite") return follower.rewrite?.(repair.value);
  if (follower.append !== undefined) return follower.append(repair.items);
  return follower.rewrite?.([follower.value, ...repair.items].filter((part) => part !== "").join(" "));
}

/** The same edit may be asked for twice (two images from one ARG); two that differ cannot both be done. */
function collides(known: readonly Edit[] = [], edit: Edit): boolean {
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
