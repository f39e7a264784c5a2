import type { YamlNode } from "@release-actions/workflow";

/** `file:line: message`, the format of compilers. */
export type Finding = string;

export function findingAt({ location }: Pick<YamlNode, "location">, message: string): Finding {
  return `${location.file}:${location.line}: ${message}`;
}
