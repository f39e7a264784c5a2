import { type Dockerfile, runScriptsOf, type Stage } from "@release-actions/dockerfile";
import type { Scalar } from "yaml";
import { plainSite, type Site } from "../fact.ts";
import type { YamlFile } from "./yaml-file.ts";

/** A script inside another file, with a mapping from its text back to that file. */
export interface Script {
  readonly text: string;
  /** A part of the script as a site. It can be rewritten only if the file contains the same characters. */
  readonly site: (value: string, start: number, isVerbatim: boolean) => Site;
}

/** The script in a `run:`, for every style of YAML scalar. */
export function yamlScript(yaml: YamlFile, scalar: Scalar): Script {
  const [start = 0, end = 0] = scalar.range ?? [];
  if (scalar.type === "BLOCK_LITERAL") return blockScript(yaml, start, end);
  const value = String(scalar.value);
  const quote = scalar.type === "QUOTE_DOUBLE" || scalar.type === "QUOTE_SINGLE" ? 1 : 0;
  const isSame = yaml.text.slice(start + quote, end - quote) === value;
  return makeScript(value, yaml.locate, (at) => (isSame ? start + quote + at : undefined), start);
}

/** The script in a `|` block, whose lines all lose the same indentation (YAML 1.2, section 8.1.2). */
function blockScript(yaml: YamlFile, start: number, end: number): Script {
  const source = yaml.text.slice(start, end);
  const [header = "", ...lines] = source.split("\n");
  const first = lines.find((line) => line.trim() !== "") ?? "";
  const indentation = first.length - first.trimStart().length;
  const starts: { text: number; file: number }[] = [];
  let [text, file] = ["", start + header.length + 1];
  for (const line of lines) {
    const cut = Math.min(indentation, line.length - line.trimStart().length);
    starts.push({ text: text.length, file: file + cut });
    text += `${line.slice(cut)}\n`;
    file += line.length + 1;
  }
  const offset = (at: number): number | undefined => {
    const line = starts.findLast((each) => each.text <= at);
    return line === undefined ? undefined : line.file + at - line.text;
  };
  return makeScript(text, yaml.locate, offset, start);
}

function makeScript(
  text: string,
  locate: YamlFile["locate"],
  offset: (at: number) => number | undefined,
  fallback: number,
): Script {
  return {
    text,
    site: (value, start, isVerbatim) => {
      const at = offset(start);
      const location = locate(at ?? fallback);
      if (at === undefined || !isVerbatim) return plainSite({ value, location });
      return plainSite({ value, location, rewrite: (next) => ({ start: at, end: at + value.length, text: next }) });
    },
  };
}

/** The scripts of a stage's RUN instructions. */
export function stageScripts(dockerfile: Dockerfile, stage: Stage): Script[] {
  return runScriptsOf(dockerfile, stage).map(({ text, start }) => plainScript(text, dockerfile.locate, start));
}

/** A script that is in a file character for character, beginning at an offset. */
export function plainScript(text: string, locate: YamlFile["locate"], start: number): Script {
  return makeScript(text, locate, (at) => start + at, start);
}
