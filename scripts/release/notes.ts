import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ReleasePlan } from "./versions.ts";

/** The notes of a release: the changelog entry of each action that gets a new version. */
export function releaseNotes(clone: string, plan: ReleasePlan, repository: string): string {
  const raised = plan.actions.filter(({ name }) => plan.raised.includes(name));
  const sections = raised.map(({ name, version }) => {
    const file = path.join(clone, "actions", name, "CHANGELOG.md");
    const changes = existsSync(file) ? sectionOf(readFileSync(file, "utf8"), version) : "";
    return `## ${name} ${version}\n\n${changes === "" ? "Nothing that users notice." : changes}\n`;
  });
  const usage = [
    `Use it by \`uses: ${repository}/<action>@v${plan.version}\`, by the commit of that tag, or one action alone by`,
    `\`uses: ${repository}/<action>@<action>/v1.2.3\`. \`npm run verify -- v${plan.version}\` in a clone rebuilds it and compares.`,
  ];
  return `${[usage.join("\n"), ...sections].join("\n\n").trimEnd()}\n`;
}

/** The text below the heading of a version, up to the next version. */
function sectionOf(changelog: string, version: string): string {
  const [, after = ""] = changelog.split(`\n## ${version}\n`);
  const [section = ""] = after.split(/\n## \d/);
  return section.trim();
}
