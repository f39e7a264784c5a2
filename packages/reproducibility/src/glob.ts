import picomatch from "picomatch";

/** Everything below a folder: no name is so odd that it is not meant. */
const ALL = new Set(["**", "**/*", ""]);

/** Whether a path matches a glob. Line feeds in names are characters like others. */
export function compileGlob(glob: string, options: { readonly basename?: boolean } = {}): (path: string) => boolean {
  if (ALL.has(glob)) return () => true;
  const matches = picomatch(glob, { dot: true, flags: "s", ...options });
  return (path) => path === glob || matches(path);
}
