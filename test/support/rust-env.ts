import { homedir } from "node:os";
import path from "node:path";

/** The variables with which a job uses this machine's Rust toolchains, because jobs have a home folder of their own. */
export function rustEnv(): Record<string, string> {
  return {
    RUSTUP_HOME: process.env["RUSTUP_HOME"] || path.join(homedir(), ".rustup"),
    CARGO_HOME: process.env["CARGO_HOME"] || path.join(homedir(), ".cargo"),
    // If the pinned toolchain is missing, fail instead of downloading it.
    RUSTUP_AUTO_INSTALL: "0",
    CARGO_NET_OFFLINE: "true",
  };
}
