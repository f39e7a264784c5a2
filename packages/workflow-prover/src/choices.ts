/** The decisions of one attempt. A question that is asked again gets the same answer within the attempt. */
export interface Choices {
  /** @param options the possible answers, the preferred first; an empty list ends the attempt */
  choose<T>(key: string, options: readonly T[]): T;
  /** Records why options that were not offered could change the result. */
  leaveOpen(why: string): void;
  /** The answers of this attempt so far, in the order of the questions. */
  readonly made: ReadonlyMap<string, unknown>;
}

/** Ends an attempt that is impossible, such as one whose answers contradict each other. */
export class DeadEnd extends Error {
  override readonly name = "DeadEnd";
}

/** Ends an attempt that cannot be evaluated. The message names what the result depends on. */
export class CannotTell extends Error {
  override readonly name = "CannotTell";
}

export interface Exploration<R> {
  /** The result of the first successful attempt; undefined when no attempt succeeded. */
  readonly found: R | undefined;
  /** What the attempts that could not be evaluated depend on. If it is empty and nothing was found, nothing exists. */
  readonly dependsOn: readonly string[];
}

const MAX_TRIES = 20_000;

export interface ExplorationOptions {
  readonly maxTries?: number;
  /** Answers that are not varied. */
  readonly given?: ReadonlyMap<string, unknown> | undefined;
}

/**
 * Makes an attempt for every sequence of answers, depth first, until one returns a result. Only questions that an attempt
 * asks are varied, so there is one attempt per branch of the conditions and not one per combination of all values.
 */
export function explore<R>(
  attempt: (choices: Choices) => R | undefined,
  { maxTries = MAX_TRIES, given }: ExplorationOptions = {},
): Exploration<R> {
  const path: { readonly key: string; readonly options: readonly unknown[]; index: number }[] = [];
  const dependsOn = new Set<string>();
  for (let tries = 0; ; tries += 1) {
    if (tries >= maxTries) {
      dependsOn.add("more combinations of values than can be tried");
      return { found: undefined, dependsOn: [...dependsOn] };
    }
    const made = new Map(given);
    let depth = 0;
    const choices: Choices = {
      made,
      leaveOpen: (why) => void dependsOn.add(why),
      choose: <T>(key: string, options: readonly T[]): T => {
        // The cast is safe: each key belongs to one question, so its value is one of that question's options.
        if (made.has(key)) return made.get(key) as T;
        if (options.length === 0) throw new DeadEnd(key);
        const step = path[depth] ?? { key, options, index: 0 };
        path[depth] = step;
        depth += 1;
        const value = step.options[step.index] as T;
        made.set(key, value);
        return value;
      },
    };
    try {
      const found = attempt(choices);
      if (found !== undefined) return { found, dependsOn: [] };
    } catch (error) {
      if (error instanceof CannotTell) dependsOn.add(error.message);
      else if (!(error instanceof DeadEnd)) throw error;
    }
    const last = path.findLastIndex((step, index) => index < depth && step.index < step.options.length - 1);
    path.length = last + 1;
    const step = path[last];
    if (step === undefined) return { found: undefined, dependsOn: [...dependsOn] };
    step.index += 1;
  }
}
