import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A temporary folder with the given files; `Symbol.dispose` removes it. */
export class FileTree implements Disposable {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), "tree-")));

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  path(...parts: string[]): string {
    return path.join(this.root, ...parts);
  }

  write(name: string, content: string): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
