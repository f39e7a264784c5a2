import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EngineChoice, WorkerData } from "./hash-protocol.ts";

// The URLs are written out in full, so that the bundler finds them, copies the files next to the bundle and replaces
// the URLs with the new paths. A bundle therefore contains the addons of all platforms, wherever it is built. Platforms
// without an addon here, such as Macs with an Intel processor (which GitHub drops in 2027), use WebAssembly.
const ADDONS: Readonly<Record<string, URL>> = {
  "linux-x64": new URL("../node_modules/@napi-rs/blake-hash-linux-x64-gnu/blake.linux-x64-gnu.node", import.meta.url),
  "linux-arm64": new URL(
    "../node_modules/@napi-rs/blake-hash-linux-arm64-gnu/blake.linux-arm64-gnu.node",
    import.meta.url,
  ),
  "darwin-arm64": new URL("../node_modules/@napi-rs/blake-hash-darwin-arm64/blake.darwin-arm64.node", import.meta.url),
  "win32-x64": new URL("../node_modules/@napi-rs/blake-hash-win32-x64-msvc/blake.win32-x64-msvc.node", import.meta.url),
};
const WASM_GLUE = new URL("../node_modules/blake3/dist/wasm/web/blake3_js.js", import.meta.url);
const WASM_BINARY = new URL("../node_modules/blake3/dist/wasm/web/blake3_js_bg.wasm", import.meta.url);
const ENGINE = new URL("./hash-engine.cjs", import.meta.url);

/** The module that hashing threads run and that the calling thread requires. */
export function engineFile(): string {
  return toPath(ENGINE);
}

/**
 * The data that a worker gets.
 *
 * @param machine Node's names of platform and processor: `linux-x64`
 */
export function workerData(choice: EngineChoice, machine = `${process.platform}-${process.arch}`): WorkerData {
  const url = ADDONS[machine];
  const addon = url && toPath(url);
  return {
    choice,
    addon: addon !== undefined && existsSync(addon) ? addon : undefined,
    wasmGlue: toPath(WASM_GLUE),
    wasmBinary: toPath(WASM_BINARY),
  };
}

/** Converts to a path. In a bundle, the bundler has already replaced each URL with a path. */
export function toPath(place: URL | string): string {
  return typeof place === "string" ? place : fileURLToPath(place);
}
