import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import path from "node:path";
import { openProduct, type Product, ProductError } from "./product.ts";

/**
 * Finds the products that match the patterns, sorted and without duplicates.
 *
 * @throws ProductError for a pattern without a match, since a missing file would not be checked
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
  if (existsSync(plain)) return [plain]; // An existing file name may contain brackets, which are not a pattern then.
  const matches: string[] = [];
  for await (const match of glob(pattern, { cwd: folder })) matches.push(path.resolve(folder, match));
  return matches;
}
