import { homedir } from "node:os";
import path from "node:path";

/** The folders of rustup and cargo, which both look for in the home by default. A job has a home of its own. */
export const RUST_FOLDERS = {
  RUSTUP_HOME: process.env["RUSTUP_HOME"] || path.join(homedir(), ".rustup"),
  CARGO_HOME: process.env["CARGO_HOME"] || path.join(homedir(), ".cargo"),
};

/** The variables with which a job uses this machine's Rust toolchains and nothing from the network. */
export function rustEnv(): Record<string, string> {
  return {
    ...RUST_FOLDERS,
    // If the pinned toolchain is missing, fail instead of downloading it.
    RUSTUP_AUTO_INSTALL: "0",
    CARGO_NET_OFFLINE: "true",
  };
}
