import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/** How to run a block of a page, and what to check afterwards. */
export interface Trial {
  /**
   * `page: text`, where only this block of the page contains the text. With `$` after the text, the block ends with it.
   * `page` alone for a page with one block.
   */
  readonly block: string;
  /**
   * The repository: a product under development, or the tag of a release (of one program, or of two) with the artifacts
   * of cargo-dist's jobs in the run. Default: `product`.
   */
  readonly at?: "product" | "release" | "release of two";
  /** Whether to run it also on an engine with the classic store, because it loads images into Docker or exports them. */
  readonly onEitherStore?: true;
  /** The event that starts its workflow. Default: `push`. */
  readonly on?: "push" | "pull_request" | "workflow_dispatch" | "schedule";
  readonly inputs?: Readonly<Record<string, string>>;
  /** What an earlier job of the run has uploaded: an image as `restate.tar`, or a signed archive for macOS like cargo-dist's. */
  readonly artifact?: "image" | "signed archive";
  /** Whether it has `id-token: write`, which act ignores. */
  readonly identity?: true;
  /** The part of GitHub's API that it uses. Default: artifacts, releases and checks. `accounts`: `/user`, Apps and similar. */
  readonly api?: "accounts";
  /** Steps before the block, as YAML. They run after `before`. */
  readonly steps?: string;
  /** A preparation in bash. It gets secrets and the addresses of services as variables. */
  readonly before?: string;
  /** A check after the block, in bash. */
  readonly after?: string;
  /** Outputs of earlier jobs, by `job.output`. The shell expands them. */
  readonly needs?: Readonly<Record<string, string>>;
  /** A text of the block that cannot work on this machine, and the text that replaces it. */
  readonly instead?: readonly [lacking: string, having: string];
}

/** The trials, in their order. */
export const TRIALS: readonly Trial[] = parse(readFileSync(path.join(import.meta.dirname, "trials.yml"), "utf8"));
