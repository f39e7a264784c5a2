import { cpSync } from "node:fs";
import path from "node:path";
import { type CommandResult, runCommand } from "@release-actions/command";
import { Product } from "@release-actions/example-product";
import { commitAll } from "../support/repository-copy.ts";

const ADDITIONS = path.join(import.meta.dirname, "../fixtures/release");

/** A checkout of the small product with everything that its releases need. */
export class ReleasedProduct extends Product {
  static async create(): Promise<ReleasedProduct> {
    const product = new ReleasedProduct();
    await commitAll(product.root, "everything");
    return product;
  }

  constructor() {
    super();
    cpSync(ADDITIONS, this.root, { recursive: true });
  }

  /** Runs the real cargo-dist, without the CI variables from which it would take the commit. */
  dist(...args: string[]): Promise<CommandResult> {
    const env = { ...process.env, GITHUB_REF: undefined, GITHUB_TOKEN: undefined, GH_TOKEN: undefined };
    return runCommand("dist", args, { cwd: this.root, env, check: false });
  }
}
