import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { root } from "../repository-files.ts";

/** A fenced block of a page, as a reader would paste it. */
export interface Block {
  /** The page and the line of the fence: `actions/pins-check/README.md:12`. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

/** What a block of YAML contains: a whole workflow, its jobs, one job, its steps, or the content of another file. */
export type BlockKind = "workflow" | "jobs" | "job" | "steps" | "other";

/** Every fenced block of the pages that people read. */
export function readBlocks(): Block[] {
  const pages = [
    "README.md",
    "CONTRIBUTING.md",
    "action-index.md",
    ...globSync("actions/*/README.md", { cwd: root }).sort(),
  ];
  return pages.flatMap((page) => blocksOf(page, readFileSync(path.join(root, page), "utf8")));
}

export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)].map(
    ({ 1: indent = "", 2: language = "", 3: body = "", index }) => ({
      place: `${page}:${text.slice(0, index).split("\n").length}`,
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );
}

export function kindOf({ text }: Block): BlockKind {
  const content: unknown = parse(text);
  if (Array.isArray(content)) return content.every((step) => "uses" in step || "run" in step) ? "steps" : "other";
  if (typeof content !== "object" || content === null) return "other";
  if ("on" in content && "jobs" in content) return "workflow";
  if ("steps" in content && Array.isArray(content.steps)) return "job";
  const jobs: unknown = "jobs" in content ? content.jobs : undefined;
  const isJob = (job: unknown) =>
    typeof job === "object" && job !== null && ("runs-on" in job || "steps" in job || !("run" in job));
  return Object.keys(content).length === 1 &&
    typeof jobs === "object" &&
    jobs !== null &&
    Object.values(jobs).every(isJob)
    ? "jobs"
    : "other";
}

/** What is added around the steps of a block to run it. */
export interface Surroundings {
  /** The event that starts a block without `on` and without inputs. Default: `push`. */
  readonly on?: string;
  /** Steps before and after the block's own, as YAML. */
  readonly before?: string;
  readonly after?: string;
  /** Outputs of jobs before the block, by `job.output`. Each is written between double quotes in a shell. */
  readonly needs?: Readonly<Record<string, string>>;
}

/**
 * The block as a whole workflow. It adds what a fragment takes from its surroundings (`needs`, `matrix`, `inputs`), but
 * not what the fragment should contain itself, such as a step that it names.
 */
export function asWorkflow(
  block: Block,
  { on: event = "push", before = "", after = "", needs = {} }: Surroundings = {},
): string {
  const kind = kindOf(block);
  const names = (pattern: RegExp): string[] => [
    ...new Set([...block.text.matchAll(pattern)].map(([, name = ""]) => name)),
  ];
  const inputs = names(/\binputs\.([\w-]+)/g).map((name) => `      ${name}: { type: string }\n`);
  const on = inputs.length === 0 ? `on: ${event}\n` : `on:\n  workflow_dispatch:\n    inputs:\n${inputs.join("")}`;
  if (kind === "workflow") return block.text;
  if (kind === "jobs") return `${on}${block.text}`;
  if (kind === "job") {
    const indented = (steps: string): string => steps.replaceAll(/^(?=.)/gm, "  ");
    const body = block.text.replace("steps:\n", () => `steps:\n${indented(before)}`) + indented(after);
    return `${on}jobs:\n  block:\n    runs-on: ubuntu-latest\n${body.replaceAll(/^(?=.)/gm, "    ")}`;
  }
  const needed = names(/\bneeds\.([\w-]+)\./g);
  const jobs = needed.map((job) => {
    const outputs = names(new RegExp(`\\bneeds\\.${job}\\.outputs\\.([\\w-]+)`, "g"));
    const declared = outputs.map((name) => `      ${name}: \${{ steps.before.outputs.${name} }}\n`);
    const set = outputs.map(
      (name) => `          echo "${name}=${needs[`${job}.${name}`] ?? "value"}" >> "$GITHUB_OUTPUT"\n`,
    );
    return `  ${job}:\n    runs-on: ubuntu-latest\n    outputs:\n${declared.join("")}    steps:\n      - id: before\n        run: |\n${set.join("")}`;
  });
  const matrix = names(/\bmatrix\.([\w-]+)/g).map((name) => `        ${name}: [one]\n`);
  return [
    `${on}jobs:\n${jobs.join("")}  block:\n    runs-on: ubuntu-latest\n`,
    needed.length === 0 ? "" : `    needs: [${needed.join(", ")}]\n`,
    matrix.length === 0 ? "" : `    strategy:\n      matrix:\n${matrix.join("")}`,
    `    steps:\n${`${before}${block.text}${after}`.replaceAll(/^(?=.)/gm, "      ")}`,
  ].join("");
}
