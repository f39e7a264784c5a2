import { formatPlatform, parsePlatform } from "@release-actions/platform";
import { Fault } from "@release-actions/report";
import { parseYaml, type YamlNode } from "@release-actions/yaml";

/** One job of a build that is spread over several runners. */
export interface PlatformBuild {
  /** The name for artifacts, such as `linux-amd64`. */
  readonly name: string;
  /** Separated by commas. */
  readonly platforms: string;
  /** A runner label, or labels as a JSON list; empty means the workflow's own runner. */
  readonly runner: string;
  /** Whether the image that it builds becomes the artifact. */
  readonly artifact: boolean;
}

/**
 * One build for each platform that has a runner of its own or becomes the artifact, and one build with QEMU for all
 * other platforms.
 *
 * @param runners a mapping in YAML, such as `{ linux/amd64: ubuntu-latest, linux/arm64: ubuntu-24.04-arm }`
 */
export function buildsOf(
  platforms: readonly string[],
  runners: string | undefined,
  artifactPlatform?: string,
): readonly PlatformBuild[] {
  if (runners === undefined) return [];
  const mapping = readRunners(runners);
  const among = `which is not among the platforms ${platforms.join(", ")}`;
  for (const platform of mapping.keys()) {
    if (platforms.some((other) => keyOf(other) === platform)) continue;
    throw new Fault(`the input \`runners\` has ${platform}, ${among}`);
  }
  const artifact = artifactPlatform === undefined ? undefined : keyOf(artifactPlatform);
  if (artifact !== undefined && !platforms.some((platform) => keyOf(platform) === artifact)) {
    throw new Fault(`the platform of the artifact is ${artifactPlatform}, ${among}`);
  }
  const isAlone = (platform: string): boolean => mapping.has(keyOf(platform)) || keyOf(platform) === artifact;
  const own = platforms.filter(isAlone).map((platform) => ({
    name: platform.replaceAll("/", "-"),
    platforms: platform,
    runner: mapping.get(keyOf(platform)) ?? "",
    artifact: keyOf(platform) === artifact,
  }));
  const rest = platforms.filter((platform) => !isAlone(platform));
  return rest.length === 0 ? own : [...own, { name: "others", platforms: rest.join(","), runner: "", artifact: false }];
}

/** Normalizes a platform: `linux/arm64/v8` is `linux/arm64`. Other text stays as it is, and buildx reports it. */
function keyOf(text: string): string {
  const platform = parsePlatform(text);
  return platform === undefined ? text : formatPlatform(platform);
}

function readRunners(text: string): ReadonlyMap<string, string> {
  const expected = "expected a platform and its runner on each line, such as `linux/arm64: ubuntu-24.04-arm`";
  const root = parseYaml(text, "the input `runners`");
  if (!root.isMap) throw new Fault(`the input \`runners\` is not a mapping, ${expected}`);
  return new Map(root.entries().map(([platform, node]) => [keyOf(platform), labelOf(node, platform, expected)]));
}

function labelOf(node: YamlNode, platform: string, expected: string): string {
  if (node.isList) return JSON.stringify(node.texts());
  const { text } = node;
  if (text !== undefined && text !== "") return text;
  throw new Fault(`the input \`runners\` has no label for ${platform}, ${expected}`);
}
