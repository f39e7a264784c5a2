import { describe, expect, test } from "@jest/globals";
import type { CommandResult, CommandRunner } from "@release-actions/command";
import { silentReporter } from "@release-actions/report";
import { realWorld } from "./http.ts";
import { notarytoolService } from "./notarytool-service.ts";

const failed = (stderr: string): CommandResult => ({ exitCode: 69, stdout: "", stderr });
const answered = (value: object): CommandResult => ({ exitCode: 0, stdout: JSON.stringify(value), stderr: "" });

/** Answers one call after the other, and keeps how long it was made to wait. */
function service(...results: readonly CommandResult[]) {
  const queue = [...results];
  const calls: string[] = [];
  const waits: number[] = [];
  const run: CommandRunner = async (command, args) => {
    calls.push([command, ...args].join(" "));
    return queue.shift() ?? failed("no more answers");
  };
  const world = { ...realWorld(silentReporter, {}), sleep: async (ms: number) => void waits.push(ms) };
  return { calls, waits, service: notarytoolService({ run, world, keychain: "/k.keychain-db", profile: "p" }) };
}

describe("notarytoolService", () => {
  test.each([
    "Error: HTTP status code: 503. Service Unavailable.",
    "Error: HTTP status code: 429. Too Many Requests.",
    "The network connection was lost. NSURLErrorDomain Code=-1005",
    "Error: The request timed out.",
  ])("tries again after: %s", async (said) => {
    const {
      service: notarytool,
      calls,
      waits,
    } = service(failed(said), failed(said), answered({ id: "1", status: "Accepted" }));
    expect(await notarytool.status("1")).toEqual({ status: "accepted", text: "Accepted" });
    expect(waits).toEqual([5000, 10_000]);
    expect(calls[0]).toBe(
      "xcrun notarytool info 1 --keychain-profile p --keychain /k.keychain-db --output-format json",
    );
  });

  test("gives up after four tries, with what it said last", async () => {
    const said = "Error: HTTP status code: 500.";
    const { service: notarytool, calls } = service(...Array.from({ length: 9 }, () => failed(said)));
    await expect(notarytool.status("1")).rejects.toThrow(
      /info: notarytool ended with exit code 69:\nError: HTTP status code: 500/,
    );
    expect(calls.length).toBe(4);
  });

  test("does not try again what cannot heal", async () => {
    const { service: notarytool, calls } = service(failed("Error: HTTP status code: 401. Unauthenticated."));
    await expect(notarytool.status("1")).rejects.toThrow(/401/);
    expect(calls.length).toBe(1);
  });

  test("goes by the JSON when the exit code says otherwise, either way (misleads 10)", async () => {
    const invalid = { id: "1", status: "Invalid" };
    const { service: notarytool } = service(
      { ...answered(invalid), exitCode: 0 },
      { ...answered(invalid), exitCode: 1 },
    );
    expect((await notarytool.status("1")).status).toBe("invalid");
    expect((await notarytool.status("1")).status).toBe("invalid");
  });

  test("takes a status that it does not know for no verdict", async () => {
    const { service: notarytool } = service(answered({ id: "1", status: "Probably" }));
    expect(await notarytool.status("1")).toEqual({ status: "other", text: "Probably" });
  });

  test.each([
    ["no id", answered({ message: "Successfully uploaded file" }), /the id in notarytool's answer is missing/],
    ["half of an answer", { exitCode: 0, stdout: '{"id":', stderr: "" }, /submit is not JSON/],
    ["no answer", { exitCode: 0, stdout: "", stderr: "" }, /ended with exit code 0/],
  ])("refuses %s", async (_title, result, message) => {
    await expect(service(result).service.submit("a.zip", "a.zip", "")).rejects.toThrow(message);
  });
});
