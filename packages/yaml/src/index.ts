export { parseYaml, YamlError, YamlNode } from "./yaml-node.ts";
