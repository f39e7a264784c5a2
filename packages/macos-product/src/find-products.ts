import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import path from "node:path";
import { openProduct, type Product, ProductError } from "./product.ts";

/**
 * Finds what the patterns name, sorted, each once. A pattern that matches nothing is an error: what was
 * not found was not checked (F41).
 */
export async function findProducts(patterns: readonly string[], folder: string): Promise<Product[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const matches = await matchesOf(pattern, folder);
    if (matches.length === 0) {
      throw new ProductError(`"${pattern}" matches no file in ${folder}`, {
        advice: "Check that the step before has built it, and that its artifact was downloaded to this path.",
      });
    }
    for (const match of matches) found.add(match);
  }
  return await Promise.all([...found].sort().map(openProduct));
}

async function matchesOf(pattern: string, folder: string): Promise<string[]> {
  const plain = path.resolve(folder, pattern);
  if (existsSync(plain)) return [plain]; // A name with brackets in it is still a name.
  const matches: string[] = [];
  for await (const match of glob(pattern, { cwd: folder })) matches.push(path.resolve(folder, match));
  return matches;
}
