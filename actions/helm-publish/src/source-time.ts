import type { ActionRunner } from "./action.gen.ts";

/** The time of the sources in seconds since 1970: SOURCE_DATE_EPOCH, else the commit's; undefined outside of git. */
export async function timeOf(folder: string, { env, exec }: ActionRunner): Promise<number | undefined> {
  const given = env["SOURCE_DATE_EPOCH"] ?? "";
  if (/^\d+$/.test(given)) return Number(given);
  const args = ["-C", folder, "log", "-1", "--format=%ct"];
  const { exitCode, stdout } = await exec("git", args, { check: false, onOutput: () => undefined });
  const time = stdout.trim();
  return exitCode === 0 && /^\d+$/.test(time) ? Number(time) : undefined;
}
