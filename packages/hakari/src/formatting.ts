/**
 * Whether a patch changes how the manifest is written and not what it says: the same lines in another order, with
 * other spaces, quotes or comments. Another version of cargo-hakari than the one that wrote it does that.
 */
export function changesFormatOnly(patch: string): boolean {
  const lines = (sign: string): string[] =>
    patch
      .split("\n")
      .filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3)))
      .map((line) => canonical(line.slice(1)))
      .filter((line) => line !== "")
      .sort();
  const [removed, added] = [lines("-"), lines("+")];
  return patch !== "" && removed.join("\n") === added.join("\n");
}

function canonical(line: string): string {
  return line
    .replace(/^\s*#.*$/, "")
    .replaceAll(/\s+|,(?=\s*[\]}])/g, "")
    .replaceAll("'", '"');
}
