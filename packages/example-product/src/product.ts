import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FileTree } from "./file-tree.ts";

const FIXTURE = path.join(import.meta.dirname, "../../../test/fixtures/product");

/** A copy of the miniature product that a test may change; `Symbol.dispose` removes it. */
export class Product extends FileTree {
  constructor() {
    super();
    cpSync(FIXTURE, this.root, { recursive: true, filter: (file) => path.basename(file) !== "target" });
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /**
   * Replaces every occurrence in a file.
   *
   * @throws when there is none, so that a test cannot change nothing by mistake
   */
  replace(name: string, before: string, after: string): void {
    const text = this.read(name);
    if (!text.includes(before)) throw new Error(`${name} does not hold ${JSON.stringify(before)}`);
    writeFileSync(
      this.path(name),
      text.replaceAll(before, () => after),
    );
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }
}
