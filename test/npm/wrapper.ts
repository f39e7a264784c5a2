/** A wrapper as a person would write it, which does everything that the generated launcher does. */
export const WRAPPER = `#!/usr/bin/env node
const { spawn } = require("child_process");
const { constants } = require("os");
const end = (code, why) => (console.error(why), process.exit(code));
let program;
try {
  program = require.resolve("NAME-" + process.platform + "-" + process.arch + "/bin/widget");
} catch {
  end(127, "widget: its optional dependency is not installed");
}
const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => end(126, "widget: " + error.message));
child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
`;
