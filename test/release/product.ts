import { cpSync } from "node:fs";
import path from "node:path";
import { type CommandResult, runCommand } from "@release-actions/command";
import { Product } from "@release-actions/example-product";
import { commitAll } from "../support/repository-copy.ts";

const ADDITIONS = path.join(import.meta.dirname, "../fixtures/release");

/** A checkout of the product in miniature with all that its releases take. */
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

  /** Runs the real cargo-dist, which believes what CI says of the commit. */
  dist(...args: string[]): Promise<CommandResult> {
    const env = { ...process.env, GITHUB_REF: undefined, GITHUB_TOKEN: undefined, GH_TOKEN: undefined };
    return runCommand("dist", args, { cwd: this.root, env, check: false });
  }
}
