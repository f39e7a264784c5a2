/** A dependency that is still built more than once, with the features and packages of each build. */
export interface DoubleBuild {
  /** `tiny-log 0.3.1`. */
  readonly dependency: string;
  readonly builds: readonly {
    readonly platform: string;
    readonly features: readonly string[];
    readonly packages: readonly string[];
  }[];
}

const BUILD = /^ {2}on the (.+?) platform, feature set (.+) was built by:$/;

/** Reads the output of `cargo hakari verify` about dependencies (`display_verify_errors` of the hakari crate). */
export function parseVerifyReport(text: string): DoubleBuild[] {
  const found: { dependency: string; builds: { platform: string; features: string[]; packages: string[] }[] }[] = [];
  for (const line of text.split("\n")) {
    const dependency = /^for dependency (.+):$/.exec(line)?.[1];
    const build = BUILD.exec(line);
    const row = /^ {2,}([\w-]+) +\|/.exec(line)?.[1];
    if (dependency !== undefined) found.push({ dependency: shortName(dependency), builds: [] });
    else if (build?.[1] !== undefined && build[2] !== undefined) {
      const features = build[2] === "(no features)" ? [] : build[2].split(", ");
      found.at(-1)?.builds.push({ platform: build[1], features, packages: [] });
    } else if (row !== undefined && row !== "package") found.at(-1)?.builds.at(-1)?.packages.push(row);
  }
  return found;
}

/** Shortens a package id to `serde 1.0.0`. cargo has several forms of ids (`cargo help pkgid`). */
function shortName(id: string): string {
  const named = /#([\w-]+)@(.+)$/.exec(id);
  if (named !== null) return `${named[1]} ${named[2]}`;
  const last = /\/([\w-]+)(?:\?[^#]*)?#(\d.*)$/.exec(id);
  if (last !== null) return `${last[1]} ${last[2]}`;
  return id.replace(/ \(.*\)$/, "");
}
