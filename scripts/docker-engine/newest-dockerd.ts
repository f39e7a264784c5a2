import { copyFile } from "node:fs/promises";
import path from "node:path";
import { findProgram } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import { cacheFolder } from "../folders.ts";
import { binFolder, install, isInstalled } from "../tools/install.ts";
import { DOCKERD } from "../tools/pins.ts";
import { withLock } from "./lock.ts";

/**
 * Compiles Docker's newest engine once per machine, and puts it into the root folder that the engine sees. Undefined when
 * Go is not available; Debian's engine is then started instead.
 */
export async function provideNewestDockerd(home: string, reporter: Reporter): Promise<string | undefined> {
  const say = (text: string): void => reporter.info(text);
  if (!isInstalled(DOCKERD)) {
    if (findProgram("go", process.env["PATH"]) === undefined) {
      say("no Go to compile Docker's newest engine with: Debian's is started");
      return undefined;
    }
    await withLock(cacheFolder("tools", DOCKERD.name), () => install(isInstalled(DOCKERD) ? [] : [DOCKERD], say));
  }
  const program = path.join(home, "dockerd");
  await copyFile(path.join(binFolder(DOCKERD) ?? "", "dockerd"), program);
  return program;
}
