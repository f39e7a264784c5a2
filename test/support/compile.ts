import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";

/** A temporary folder in which real compilers and archivers run. */
export class Workbench extends FileTree {
  /** Runs a command line (split at spaces) in the folder, with a clean locale. */
  async run(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const [command = "", ...args] = line.split(" ").filter((word) => word !== "");
    const environment = { ...process.env, LC_ALL: "C", ...env };
    return (await runCommand(command, args, { cwd: this.root, env: environment })).stdout;
  }

  /** Runs a line of bash in the folder, for commands that need variables or redirection. */
  async shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const environment = { ...process.env, LC_ALL: "C", ...env };
    return (await runCommand("bash", ["-euc", line], { cwd: this.root, env: environment })).stdout;
  }
}
