import { Repository } from "../locate/repository.ts";

/** A repository of these files, kept in memory. */
export class MemoryRepository extends Repository {
  readonly #files: ReadonlyMap<string, string>;

  constructor(files: Readonly<Record<string, string>>) {
    super("/in-memory");
    this.#files = new Map(Object.entries(files));
  }

  override get names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  override text(name: string): string {
    const text = this.#files.get(name);
    if (text === undefined) throw new Error(`${name} is not among the files of this test`);
    return text;
  }
}
