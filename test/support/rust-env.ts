import { homedir } from "node:os";
import path from "node:path";

/** What a job needs of this machine to run its Rust: jobs have a home folder of their own. */
export function rustEnv(): Record<string, string> {
  return {
    RUSTUP_HOME: process.env["RUSTUP_HOME"] || path.join(homedir(), ".rustup"),
    CARGO_HOME: process.env["CARGO_HOME"] || path.join(homedir(), ".cargo"),
    // A pinned toolchain that is missing is a failure here, not a download.
    RUSTUP_AUTO_INSTALL: "0",
    CARGO_NET_OFFLINE: "true",
  };
}
