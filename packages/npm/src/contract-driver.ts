/**
 * Starts a launcher once for each case in `process.argv[3]`, sends the signal of the case when the program is ready,
 * and prints the result. It is a separate program, so that a signal to a process group reaches no other processes.
 */
export const CONTRACT_DRIVER = `"use strict";
const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const [launcher, cases] = [process.argv[2], JSON.parse(process.argv[3])];
const LIMIT_MS = 15000;
const AFTER_KILL_MS = 2000;

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return !/^State:\\s+Z/m.test(require("node:fs").readFileSync("/proc/" + pid + "/status", "utf8"));
  } catch (error) {
    return error.code !== "ESRCH" && error.code !== "ENOENT" ? error.code === "EPERM" : false;
  }
};
const gone = async (pid) => {
  for (let waited = 0; waited < AFTER_KILL_MS && alive(pid); waited += 50) await new Promise((done) => setTimeout(done, 50));
  return !alive(pid);
};

const runCase = ({ name, args, send, to, input }) =>
  new Promise((done) => {
    const child = spawn(launcher, args, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
    let [stdout, stderr, sent] = ["", "", false];
    const timer = setTimeout(() => {
      try { process.kill(-child.pid, "SIGKILL"); } catch {}
      end({ exitCode: "none within " + LIMIT_MS + " ms" });
    }, LIMIT_MS);
    let ended = false;
    const end = (result) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      done({ name, stdout, stderr, ...result });
    };
    child.stdin.on("error", () => {});
    child.stdin.end(input || "");
    child.stderr.on("data", (text) => { stderr += text; });
    child.stdout.on("data", (text) => {
      stdout += text;
      const [, pid] = /^ready (\\d+)$/m.exec(stdout) || [];
      if (send === undefined || sent || pid === undefined) return;
      sent = true;
      // A launcher that has its handlers only now must not miss it.
      setTimeout(async () => {
        process.kill(to === "group" ? -child.pid : child.pid, send);
        if (send !== "SIGKILL") return;
        const isGone = await gone(Number(pid));
        if (!isGone) process.kill(Number(pid), "SIGKILL");
        end({ exitCode: isGone ? "gone" : "left behind" });
      }, 100);
    });
    child.on("error", (error) => end({ exitCode: error.message }));
    child.on("close", (code, signal) => {
      if (send !== "SIGKILL") end({ exitCode: code === null ? 128 + constants.signals[signal] : code });
    });
  });

(async () => {
  const results = [];
  for (const each of cases) results.push(await runCase(each));
  process.stdout.write(JSON.stringify(results));
})();
`;
