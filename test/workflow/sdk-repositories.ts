import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FileTree } from "@release-actions/example-product";
import { root } from "./repository-files.ts";

export const LANGUAGES = ["go", "java", "python", "rust", "typescript"];

/** The SDKs' repositories, such as `org/sdk-go`. Each is a copy of the fixture. */
export function sdkRepositories(): {
  readonly root: string;
  readonly uses: Readonly<Record<string, string>>;
} & Disposable {
  const tree = new FileTree();
  const folders = LANGUAGES.map((language) => {
    const folder = tree.path(`org/sdk-${language}`);
    cpSync(path.join(root, "test/fixtures/sdk"), folder, { recursive: true });
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const file = path.join(folder, name);
      if (!statSync(file).isFile()) continue;
      writeFileSync(file, readFileSync(file, "utf8").replaceAll("LANGUAGE", language));
    }
    return [`org/sdk-${language}@main`, folder];
  });
  return { root: tree.root, uses: Object.fromEntries(folders), [Symbol.dispose]: () => tree[Symbol.dispose]() };
}
