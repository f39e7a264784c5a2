import path from "node:path";
import type { CheckedProduct, Problem } from "@release-actions/macos-product";
import { Fault } from "@release-actions/report";

export type NotNotarized = Omit<Problem, "code"> & { readonly code: "not-notarized" };

/**
 * The code hashes that Apple has accepted, from the output of notarize-macos; undefined when the input is not set.
 * @throws Fault when the text is not that output
 */
export function parseAccepted(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const rows = parseRows(text);
  const accepted = rows.filter((row) => row["status"] === "accepted");
  return new Set(accepted.flatMap((row) => (Array.isArray(row["cdhashes"]) ? row["cdhashes"].map(String) : [])));
}

function parseRows(text: string): Record<string, unknown>[] {
  try {
    const rows: unknown = JSON.parse(text);
    if (Array.isArray(rows) && rows.every((row) => typeof row === "object" && row !== null)) return rows;
  } catch {
    // Said below, with what is expected.
  }
  throw new Fault("the input `submissions` is not the output of notarize-macos: expected a JSON list", {
    advice: "Pass it on unchanged: `submissions: ${{ needs.<job>.outputs.submissions }}`.",
  });
}

/** Binaries whose code hash was not accepted, because they were rebuilt, signed again or changed afterwards. */
export function notNotarized(
  { product, binaries }: CheckedProduct,
  accepted: ReadonlySet<string> | undefined,
): NotNotarized[] {
  if (accepted === undefined) return [];
  return binaries.flatMap((binary) =>
    binary.images.flatMap(({ architecture, cdhash }) => {
      if (cdhash === undefined || accepted.has(cdhash)) return [];
      const name = [path.basename(product.path), binary.path].filter((part) => part !== "").join("/");
      return {
        code: "not-notarized" as const,
        level: "error" as const,
        file: product.path,
        path: binary.path,
        architecture,
        message: `${name} (${architecture}) has the code hash ${cdhash}, which is not among the notarized ones`,
        advice: "Ship exactly the files that were notarized.",
      };
    }),
  );
}
