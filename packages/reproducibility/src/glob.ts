import picomatch from "picomatch";

/** Globs for everything below a folder. They match all names, even unusual ones that picomatch misses. */
const ALL = new Set(["**", "**/*", ""]);

/** Compiles a glob to a function that tests a path. Line feeds in names are ordinary characters. */
export function compileGlob(glob: string, options: { readonly basename?: boolean } = {}): (path: string) => boolean {
  if (ALL.has(glob)) return () => true;
  const matches = picomatch(glob, { dot: true, flags: "s", ...options });
  return (path) => path === glob || matches(path);
}
