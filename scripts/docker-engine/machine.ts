import { runCommand } from "@release-actions/command";
import { Fault } from "@release-actions/report";

/** Thrown when an engine is needed but cannot be started on this machine; the message says why. */
export class NoEngine extends Fault {
  override readonly name = "NoEngine";
}

/** Checks that an engine can be started here, which needs root on a Linux with apt. @throws NoEngine */
export async function checkMachine(): Promise<void> {
  const lacks = process.platform === "linux" ? await missingOnLinux() : [`Linux (this is ${process.platform})`];
  if (lacks.length === 0) return;
  throw new NoEngine(`a Docker engine cannot be started here without ${lacks.join(" and ")}`, {
    advice: "Start Docker, or set DOCKER_HOST to a running engine.",
  });
}

async function missingOnLinux(): Promise<string[]> {
  if (process.getuid?.() !== 0) return ["root"];
  const lacks: string[] = [];
  const apt = await runCommand("apt-get", ["--version"], { check: false });
  if (apt.exitCode !== 0) lacks.push("apt, which brings the engine's files");
  const noMounts = await whyNoMounts();
  if (noMounts !== undefined) lacks.push(`the right to mount (${noMounts})`);
  return lacks;
}

/** Why a process here cannot have mounts of its own; `undefined` if it can. */
export async function whyNoMounts(): Promise<string | undefined> {
  if (process.platform !== "linux") return `this is ${process.platform}`;
  const { exitCode, stderr } = await runCommand("unshare", ["--mount", "true"], { check: false });
  return exitCode === 0 ? undefined : stderr.trim();
}
