// Preloaded into a measured process: writes its peak resident set in KiB to descriptor 3 when it exits.
const { existsSync, readFileSync, writeSync } = require("node:fs");

process.on("exit", () => writeSync(3, String(peakKiB())));

/** Linux keeps `maxRSS` over exec(2), so that it holds the size of the process that started this one; VmHWM is this program's (proc(5)). */
function peakKiB() {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "latin1") : "";
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}
