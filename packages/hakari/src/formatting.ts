/**
 * Whether a patch changes only the formatting of the manifest: the order of lines, spaces, quotes or comments. This
 * happens when another version of cargo-hakari wrote the manifest.
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
