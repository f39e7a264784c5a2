import { type Block, kindOf, readBlocks, type Surroundings } from "./blocks.ts";
import type { Trial } from "./trials.ts";

export interface PlacedTrial {
  /** A name for the block's workflow, of letters and digits. */
  readonly id: string;
  readonly trial: Trial;
  readonly block: Block;
  /** All places with exactly this text. */
  readonly places: readonly string[];
}

/** The blocks that can be run: workflows, jobs and steps. */
export function runnableBlocks(): Block[] {
  return readBlocks().filter((block) => block.language === "yaml" && kindOf(block) !== "other");
}

/**
 * Finds the block of each trial, and the blocks without a trial.
 *
 * @throws Error naming a trial without a block, or with several
 */
export function placeTrials(trials: readonly Trial[]): { placed: PlacedTrial[]; untried: Block[] } {
  const blocks = runnableBlocks();
  const placed = trials.map((trial, index) => {
    const [, page = "", piece = ""] = /^(.*?\.md)(?:: (.*))?$/s.exec(trial.block) ?? [];
    const found = blocks.filter(
      ({ place, text }) =>
        place.startsWith(`${page}:`) &&
        (piece.endsWith("$") ? text.endsWith(piece.slice(0, -1)) : text.includes(piece)),
    );
    const [block] = found;
    if (block === undefined || found.length > 1)
      throw new Error(`${trial.block} is in ${found.length} blocks of its page`);
    const places = blocks.filter(({ text }) => text === block.text).map(({ place }) => place);
    return { id: `block${index + 1}`, trial, block, places };
  });
  const tried = new Set(placed.map(({ block }) => block.text));
  return { placed, untried: blocks.filter(({ text }) => !tried.has(text)) };
}

/** The steps before and after the block's own steps. */
export function surroundings({ on = "push", before, steps = "", after, needs = {} }: Trial): Surroundings {
  return { on, before: `${step("Prepare", before)}${steps}`, after: step("Look at what is there now", after), needs };
}

function step(name: string, script: string | undefined): string {
  if (script === undefined) return "";
  const lines = script.split("\n").map((line) => `    ${line}\n`);
  return `- name: ${name}\n  shell: bash\n  run: |\n${lines.join("")}`;
}
