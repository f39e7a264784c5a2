import { type Manifest, NpmError } from "@release-actions/npm";
import { parseYaml, type YamlNode } from "@release-actions/yaml";

/** One entry of the input `packages`. */
export interface PackageEntry {
  readonly app: string | undefined;
  readonly binary: string | undefined;
  readonly package: string | undefined;
  /** A folder, relative to the workspace. */
  readonly base: string | undefined;
  readonly fields: Manifest;
}

const INPUT = "the input `packages`";
const KEYS = ["app", "binary", "package", "base", "fields"];

/** Fields that only the action writes, so that the packages stay consistent with each other. */
const OWN_FIELDS = [
  ...["name", "version", "bin", "main", "types", "files", "os", "cpu", "libc"],
  ...["scripts", "optionalDependencies", "preferUnplugged", "private"],
];

/** Reads the YAML list. Without one, returns a single entry whose names come from the plan or the archives. */
export function parsePackages(text: string | undefined): readonly PackageEntry[] {
  if (text === undefined)
    return [{ app: undefined, binary: undefined, package: undefined, base: undefined, fields: {} }];
  const list = parseYaml(text, INPUT);
  const items = list.items();
  if (items.length === 0) throw new NpmError(`${INPUT} is not a YAML list, expected entries such as \`- app: widget\``);
  return items.map(readEntry);
}

function readEntry(node: YamlNode): PackageEntry {
  const where = `${INPUT}, line ${node.location.line},`;
  if (!node.isMap)
    throw new NpmError(`${where} has an entry that is not a mapping, expected \`app: widget\` and the like`);
  const unknown = node.entries().find(([key]) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new NpmError(`${where} has the key ${JSON.stringify(unknown[0])}, expected one of ${KEYS.join(", ")}`);
  }
  const text = (key: string): string | undefined => {
    const value = node.get(key);
    if (value.isPresent && value.text === undefined) throw new NpmError(`${where} has a \`${key}\` that is not text`);
    return value.text;
  };
  const binary = text("binary");
  if (binary !== undefined && !/^\w[\w.-]*$/.test(binary)) {
    throw new NpmError(`${where} has the binary ${JSON.stringify(binary)}, expected the file name of a program`);
  }
  return { app: text("app"), binary, package: text("package"), base: text("base"), fields: readFields(node, where) };
}

function readFields(node: YamlNode, where: string): Manifest {
  const fields = node.get("fields");
  if (!fields.isPresent) return {};
  if (!fields.isMap) throw new NpmError(`${where} has \`fields\` that are not a mapping`);
  const own = fields.entries().find(([key]) => OWN_FIELDS.includes(key));
  if (own !== undefined) throw new NpmError(`${where} sets \`${own[0]}\`, which this action writes itself`);
  // Any key is allowed here: they become fields of package.json.
  return fields.value as Manifest;
}
