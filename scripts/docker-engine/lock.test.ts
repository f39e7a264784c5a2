import { spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { withLock } from "./lock.ts";

const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux("withLock", () => {
  test("runs one function at a time for each name, and says when it waits", async () => {
    const events: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push(`${name} out`);
    };
    const first = withLock("one at a time", work("first"));
    await Promise.all([first, withLock("one at a time", work("second"), () => events.push("second waits"))]);
    expect(events.filter((event) => event !== "second waits")).toEqual([
      "first in",
      "first out",
      "second in",
      "second out",
    ]);
    expect(events).toContain("second waits");
  });

  test("is released after a function that fails", async () => {
    const failing = withLock("fails", () => Promise.reject(new Error("no disk")));
    await expect(failing).rejects.toThrow("no disk");
    expect(await withLock("fails", async () => "in")).toBe("in");
  });

  test("is released when its owner was killed (F85)", async () => {
    const lock = pathToFileURL(`${import.meta.dirname}/lock.ts`).href;
    const script = `import { withLock } from "${lock}";
      await withLock("killed", async () => { console.log("in"); await new Promise((done) => setTimeout(done, 60_000)); });`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(owner.stdout, "data");
    let waited = false;
    const waiting = withLock(
      "killed",
      async () => waited,
      () => {
        waited = true;
        owner.kill("SIGKILL");
      },
    );
    expect(await waiting).toBe(true);
  });
});
