import { Fault } from "@release-actions/report";
import { parseYaml, type YamlNode } from "@release-actions/yaml";

/** One job of a build that is spread over runners. */
export interface PlatformBuild {
  /** For names of artifacts: `linux-amd64`. */
  readonly name: string;
  /** Separated by commas. */
  readonly platforms: string;
  /** A label, or labels as a JSON list; empty for the workflow's own runner. */
  readonly runner: string;
}

/**
 * A build for each platform that has a runner of its own, and one for all others together, which need QEMU.
 *
 * @param runners a mapping in YAML, such as `{ linux/amd64: ubuntu-latest, linux/arm64: ubuntu-24.04-arm }`
 */
export function buildsOf(platforms: readonly string[], runners: string | undefined): readonly PlatformBuild[] {
  if (runners === undefined) return [];
  const mapping = readRunners(runners);
  for (const platform of mapping.keys()) {
    if (platforms.includes(platform)) continue;
    throw new Fault(`the input \`runners\` has ${platform}, which is not among the platforms ${platforms.join(", ")}`);
  }
  const own = platforms.flatMap((platform) => {
    const runner = mapping.get(platform);
    return runner === undefined ? [] : [{ name: platform.replaceAll("/", "-"), platforms: platform, runner }];
  });
  const rest = platforms.filter((platform) => !mapping.has(platform));
  return rest.length === 0 ? own : [...own, { name: "others", platforms: rest.join(","), runner: "" }];
}

function readRunners(text: string): ReadonlyMap<string, string> {
  const expected = "expected a platform and its runner on each line, such as `linux/arm64: ubuntu-24.04-arm`";
  const root = parseYaml(text, "the input `runners`");
  if (!root.isMap) throw new Fault(`the input \`runners\` is not a mapping, ${expected}`);
  return new Map(root.entries().map(([platform, node]) => [platform, labelOf(node, platform, expected)]));
}

function labelOf(node: YamlNode, platform: string, expected: string): string {
  if (node.isList) return JSON.stringify(node.texts());
  const { text } = node;
  if (text !== undefined && text !== "") return text;
  throw new Fault(`the input \`runners\` has no label for ${platform}, ${expected}`);
}
