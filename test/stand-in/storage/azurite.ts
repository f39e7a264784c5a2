import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import type { StorageAccount } from "./sas.ts";

const START_TIMEOUT_MS = 90_000;
/** Ends the child when the parent ends, even by a crash, because then the child's standard input closes. */
const END_WITH_PARENT = 'data:text/javascript,process.stdin.resume().on("close", () => process.exit())';

/** A running blob service and its account. */
export interface Azurite {
  /** `http://127.0.0.1:<port>`; the account is the first path segment. */
  readonly origin: string;
  readonly account: StorageAccount;
  close(): Promise<void>;
}

/** Starts Microsoft's Azure Storage emulator as a child process, so that ranges, blocks and expiry behave as in Azure. */
export async function startAzurite(): Promise<Azurite> {
  const account: StorageAccount = { name: "productionresults", key: randomBytes(64) };
  const main = createRequire(import.meta.url).resolve("azurite/dist/src/blob/main.js");
  const args = ["--inMemoryPersistence", "--silent", "--disableTelemetry", "--skipApiVersionCheck"];
  const child = spawn(process.execPath, ["--import", END_WITH_PARENT, main, ...args, "--blobPort", "0"], {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"], AZURITE_ACCOUNTS: `${account.name}:${account.key.toString("base64")}` },
    stdio: ["pipe", "pipe", "pipe"],
  });
  try {
    return { origin: await listening(child), account, close: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`Azurite did not start:\n${said}`)), START_TIMEOUT_MS);
    const finish = (done: () => void): void => {
      clearTimeout(timer);
      done();
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        const origin = /successfully listens on (http:\S+?)\/?\s/.exec(said)?.[1];
        if (origin !== undefined) finish(() => resolve(origin));
      });
    }
    child.on("error", (error) => finish(() => reject(error)));
    child.on("exit", (code) => finish(() => reject(new Error(`Azurite ended with exit code ${code}:\n${said}`))));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  // All its data is in memory, so it does not need a graceful shutdown.
  child.kill("SIGKILL");
  await once(child, "exit");
}
