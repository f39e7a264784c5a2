import path from "node:path";

/** The folder of the job's checkout; without a runner, where the program was started. */
export function workspaceFolder(env: Readonly<NodeJS.ProcessEnv> = process.env): string {
  return env["GITHUB_WORKSPACE"] || process.cwd();
}

/** GitHub shows an annotation on a file only when its path is relative to the workspace. */
export function workspacePath(file: string): string {
  const relative = path.relative(workspaceFolder(), path.resolve(file));
  return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative;
}

/** Makes paths relative to the workspace, as in annotations and links: the runner's own folders are not useful. */
export function withoutWorkspace(text: string): string {
  const workspace = process.env["GITHUB_WORKSPACE"];
  return workspace ? text.replaceAll(`${workspace}${path.sep}`, "") : text;
}
