import type { Location } from "@release-actions/report";
import { DockerfileError } from "./fault.ts";
import type { Dockerfile, Stage } from "./parse.ts";
import { expandWord, type Word } from "./word.ts";

/** An image that a build pulls. */
export interface ImageUse {
  readonly word: Word;
  readonly location: Location & { readonly line: number };
  readonly by: "FROM" | "COPY --from" | "RUN --mount" | "# syntax";
}

/**
 * Finds a stage by name, or by number from 0, as `docker build --target` does.
 *
 * @throws DockerfileError if there is no such stage
 */
export function findStage(dockerfile: Dockerfile, name: string): Stage {
  const wanted = name.toLowerCase();
  const { file, stages } = dockerfile;
  const found =
    stages.find((stage) => stage.name?.toLowerCase() === wanted) ??
    (/^\d+$/.test(name) ? stages[Number(name)] : undefined);
  if (found !== undefined) return found;
  const names = stages.map((stage, index) => stage.name ?? String(index)).join(", ");
  throw new DockerfileError(`${file} has no stage "${name}": it has ${names}`, {
    location: { file, line: stages[0]?.location.line ?? 1 },
  });
}

/**
 * The images that a build may pull, in the order of the file. Stages, `scratch` and images with a variable whose value
 * only the caller of the build knows (`unknownImagesOf`) are left out.
 */
export function imagesOf(dockerfile: Dockerfile): ImageUse[] {
  return allImages(dockerfile).filter(({ word }) => word.unset === undefined);
}

/** The images whose name contains a variable without a value, which the caller passes with `--build-arg`. */
export function unknownImagesOf(dockerfile: Dockerfile): ImageUse[] {
  return allImages(dockerfile).filter(({ word }) => word.unset !== undefined && !namesStage(dockerfile, word));
}

/** Whether a name with variables may be that of a stage: `base-$TARGETARCH`, if there are stages that begin with `base-`. */
function namesStage({ stages }: Dockerfile, { parts }: Word): boolean {
  const start = parts[0]?.start === undefined ? "" : parts[0].text.toLowerCase();
  return start !== "" && stages.some(({ name }) => name?.toLowerCase().startsWith(start));
}

function allImages(dockerfile: Dockerfile): ImageUse[] {
  const images: ImageUse[] = [];
  const syntax = /^\uFEFF?(?:#\s*escape[^\n]*\n)?#\s*syntax\s*=\s*(\S+)/i.exec(dockerfile.text);
  if (syntax?.[1] !== undefined) {
    const start = syntax[0].length - syntax[1].length;
    images.push({
      word: { value: syntax[1], parts: [{ text: syntax[1], start }], unset: undefined },
      location: dockerfile.locate(start),
      by: "# syntax",
    });
  }
  const seen = new Set<string>();
  for (const [index, stage] of dockerfile.stages.entries()) {
    if (stage.parent === undefined && stage.base.value !== "scratch") {
      images.push({ word: stage.base, location: stage.location, by: "FROM" });
    }
    images.push(...flagImages(dockerfile, stage).filter(({ word }) => !seen.has(word.value.toLowerCase())));
    seen.add(String(index));
    if (stage.name !== undefined) seen.add(stage.name.toLowerCase());
  }
  return images;
}

function flagImages(dockerfile: Dockerfile, stage: Stage): ImageUse[] {
  const { text, escapeCharacter, locate } = dockerfile;
  return stage.instructions.flatMap((instruction): ImageUse[] => {
    const keyword = instruction.getKeyword();
    if (keyword !== "COPY" && keyword !== "RUN") return [];
    const range = instruction.getRange();
    const [start, end] = [offsetOf(text, range.start), offsetOf(text, range.end)];
    const pattern = keyword === "COPY" ? /\s--from=(\S+)/ : /\s--mount=(?:\S*,)?from=([^\s,]+)/g;
    // Flags come first; nothing after the first other word is a flag.
    const flags = /^\w+(?:\s+(?:\\\s*\n\s*)?--\S+)*/.exec(text.slice(start, end))?.[0] ?? "";
    return [...flags.matchAll(new RegExp(pattern, "g"))].map((match): ImageUse => {
      const value = match[1] ?? "";
      const at = start + match.index + match[0].length - value.length;
      const lookup = (name: string): Word | undefined => dockerfile.args.get(name)?.word;
      const word = expandWord({ text, escapeCharacter, locate, lookup }, at, at + value.length);
      return { word, location: locate(at), by: keyword === "COPY" ? "COPY --from" : "RUN --mount" };
    });
  });
}

function offsetOf(text: string, { line, character }: { line: number; character: number }): number {
  let start = 0;
  for (let index = 0; index < line; index += 1) start = text.indexOf("\n", start) + 1;
  return start + character;
}

/** The script of a RUN instruction. */
export interface RunScript {
  /** The shell script. Parts that Docker removes are replaced with spaces, so that offsets match the file. */
  readonly text: string;
  readonly start: number;
}

/** The scripts that a stage's RUN instructions give to the shell, including heredocs. The exec form is not a script. */
export function runScriptsOf(dockerfile: Dockerfile, stage: Stage): RunScript[] {
  return stage.instructions.flatMap((instruction): RunScript[] => {
    if (instruction.getKeyword() !== "RUN") return [];
    const range = instruction.getRange();
    const [start, end] = [offsetOf(dockerfile.text, range.start), offsetOf(dockerfile.text, range.end)];
    const source = dockerfile.text.slice(start, end);
    const head = /^\w+(?:(?:\s|\\\s*\n)+--\S+)*(?:\s|\\\s*\n)*/.exec(source)?.[0].length ?? 0;
    const body = source.slice(head);
    if (body.startsWith("[")) return [];
    const heredoc = /^<<-?\s*["']?(\w+)["']?[^\n]*\n/.exec(body);
    if (heredoc !== null) {
      const closing = new RegExp(`\\n\\s*${heredoc[1]}\\s*$`).exec(body)?.index ?? body.length;
      return [{ text: body.slice(heredoc[0].length, closing), start: start + head + heredoc[0].length }];
    }
    return [{ text: withoutComments(body, dockerfile.escapeCharacter), start: start + head }];
  });
}

/**
 * Blanks the comment lines and empty lines between continued lines, which Docker removes, and replaces the escape
 * character ``` ` ``` with a backslash.
 */
function withoutComments(body: string, escapeCharacter: string): string {
  const blank = (text: string): string => " ".repeat(text.length);
  const joined = escapeCharacter === "\\" ? body : body.replace(/`(?=[ \t]*\r?\n)/g, "\\");
  return joined
    .replace(/(?<=\\[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*)[ \t]*(?:#[^\n]*)?\n/g, blank)
    .replace(/\\[ \t]+(?=\r?\n)/g, (text) => `${" ".repeat(text.length - 1)}\\`)
    .replaceAll("\r", " ");
}
