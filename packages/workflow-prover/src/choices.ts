/** What one try decides; each question keeps its answer for the whole try. */
export interface Choices {
  /** @param options at least one, the preferred first */
  choose<T>(key: string, options: readonly T[]): T;
  /** Notes that the options of a question may not be all that matter, and why. */
  leaveOpen(why: string): void;
  /** The answers of this try so far, in the order of the questions. */
  readonly made: ReadonlyMap<string, unknown>;
}

/** Ends a try that leads nowhere, such as one that contradicts itself. */
export class DeadEnd extends Error {
  override readonly name = "DeadEnd";
}

/** Ends a try that cannot be followed, with what it depends on. */
export class CannotTell extends Error {
  override readonly name = "CannotTell";
}

export interface Exploration<R> {
  /** What the try returned that was looked for; undefined where there was none. */
  readonly found: R | undefined;
  /** Whether all tries were made and could be followed: then what was not found does not exist. */
  readonly isExhaustive: boolean;
  /** What the tries that could not be followed depend on. */
  readonly dependsOn: readonly string[];
}

const MAX_TRIES = 20_000;

/**
 * Makes a try for every sequence of answers, depth first, until one returns something. Only what a try asks for is
 * varied, so that the tries are the branches of the conditions and not all combinations of all values.
 *
 * @param given answers that are not varied
 */
export function explore<R>(
  attempt: (choices: Choices) => R | undefined,
  maxTries: number = MAX_TRIES,
  given: ReadonlyMap<string, unknown> = new Map(),
): Exploration<R> {
  const path: { readonly key: string; readonly options: readonly unknown[]; index: number }[] = [];
  const dependsOn = new Set<string>();
  for (let tries = 0; ; tries += 1) {
    if (tries >= maxTries) {
      dependsOn.add("more combinations of values than can be tried");
      return { found: undefined, isExhaustive: false, dependsOn: [...dependsOn] };
    }
    const made = new Map(given);
    let depth = 0;
    const choices: Choices = {
      made,
      leaveOpen: (why) => void dependsOn.add(why),
      choose: <T>(key: string, options: readonly T[]): T => {
        // Every value under a key was put there from options of the same question.
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
      if (found !== undefined) return { found, isExhaustive: false, dependsOn: [] };
    } catch (error) {
      if (error instanceof CannotTell) dependsOn.add(error.message);
      else if (!(error instanceof DeadEnd)) throw error;
    }
    path.length = depth;
    while (path.length > 0 && isLast(path.at(-1))) path.pop();
    const step = path.at(-1);
    if (step === undefined) return { found: undefined, isExhaustive: dependsOn.size === 0, dependsOn: [...dependsOn] };
    step.index += 1;
  }
}

function isLast(step: { readonly options: readonly unknown[]; readonly index: number } | undefined): boolean {
  return step !== undefined && step.index >= step.options.length - 1;
}
