import type { NetworkFault } from "./faults.ts";

/** The facts about a request that a rule can match. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface RulePattern {
  readonly method?: string;
  /** Matched against path and query. */
  readonly url?: RegExp;
  readonly when?: (request: ProxiedRequest) => boolean;
  /** How many matching requests first pass without a fault. Default: 0. */
  readonly skip?: number;
  /** How many matching requests get a fault after that. Default: all. */
  readonly times?: number;
}

/** An active rule. `hits` counts the requests that got its faults. */
export interface Rule {
  readonly hits: number;
  remove(): void;
}

/** The faults to inject, oldest rule first; the first that still applies to a request gets it. */
export class Rules {
  readonly #rules: ActiveRule[] = [];

  add(pattern: RulePattern, faults: readonly NetworkFault[]): Rule {
    const rule = new ActiveRule(pattern, faults, () => {
      const index = this.#rules.indexOf(rule);
      if (index >= 0) this.#rules.splice(index, 1);
    });
    this.#rules.push(rule);
    return rule;
  }

  clear(): void {
    this.#rules.length = 0;
  }

  faultsFor(request: ProxiedRequest): readonly NetworkFault[] {
    for (const rule of this.#rules) {
      if (rule.strikes(request)) return rule.faults;
    }
    return [];
  }
}

class ActiveRule implements Rule {
  readonly faults: readonly NetworkFault[];
  readonly remove: () => void;
  hits = 0;
  #seen = 0;
  readonly #pattern: RulePattern;

  constructor(pattern: RulePattern, faults: readonly NetworkFault[], remove: () => void) {
    this.#pattern = pattern;
    this.faults = faults;
    this.remove = remove;
  }

  strikes(request: ProxiedRequest): boolean {
    const { method, url, when, skip = 0, times = Number.POSITIVE_INFINITY } = this.#pattern;
    if (method !== undefined && method !== request.method) return false;
    if (url !== undefined && !url.test(request.url)) return false;
    if (when !== undefined && !when(request)) return false;
    this.#seen += 1;
    if (this.#seen <= skip || this.hits >= times) return false;
    this.hits += 1;
    return true;
  }
}
