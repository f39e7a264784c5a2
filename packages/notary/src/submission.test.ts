import { describe, expect, test } from "@jest/globals";
import { adviceFor } from "./known-issues.ts";
import { parseLog } from "./log.ts";
import { parseSubmissions } from "./submission.ts";
import { complaintsOf } from "./verify.ts";

describe("parseSubmissions", () => {
  test("reads a list that the action wrote, and the shortest hand-written one", () => {
    const text = JSON.stringify([
      { name: "a.zip", sha256: "AB", id: "1", stage: "created" },
      { sha256: "cd", id: "2" },
    ]);
    expect(parseSubmissions(text, "it")).toEqual([
      { name: "a.zip", sha256: "ab", id: "1", stage: "created" },
      { name: "", sha256: "cd", id: "2", stage: "uploaded" },
    ]);
    expect(parseSubmissions(" ", "it")).toEqual([]);
  });

  test.each([
    ["no JSON", "id-1", /the input is not JSON: it has 4 characters and is plain text/],
    ["an object", "{}", /the input is not a list/],
    ["an entry without an id", '[{"sha256":"ab"}]', /`id` in entry 1 of the input is missing/],
    ["an entry without a hash", '[{"id":"x"}]', /`sha256` in entry 1 of the input is missing/],
  ])("refuses %s", (_title, text, message) => {
    expect(() => parseSubmissions(text, "the input")).toThrow(message);
  });
});

describe("parseLog", () => {
  test("treats an issue of unknown severity as an error, and null as an empty list", () => {
    const log = parseLog({
      status: "Accepted",
      sha256: "AB",
      issues: [{ severity: "fatal", message: "x" }],
      ticketContents: null,
    });
    expect(log).toMatchObject({ sha256: "ab", issues: [{ severity: "error", path: "", message: "x" }], cdhashes: [] });
  });

  test("keeps the verdict and the log when one issue is malformed", () => {
    const issues = [{ severity: "error", message: null, path: "a" }, null, "words"];
    const log = parseLog({ status: "Invalid", statusCode: 4000, issues, ticketContents: [null, {}, { cdhash: "AB" }] });
    expect(log.issues.map(({ message }) => message)).toEqual([
      "Apple reports an issue here without naming it",
      "Apple reports an issue here without naming it",
      "words",
    ]);
    expect([log.statusCode, log.cdhashes]).toEqual([4000, ["ab"]]);
    expect(parseLog({ status: "Invalid", issues: {} }).issues).toEqual([]);
  });

  test("shows the summary with advice when no issue gives a reason", () => {
    const log = { status: "Rejected", statusSummary: "Team is not yet configured for notarization.", statusCode: 7000 };
    expect(complaintsOf(parseLog(log))).toEqual([
      {
        level: "error",
        message: "Rejected: Team is not yet configured for notarization. (status code 7000)",
        advice: expect.stringMatching(/developer support to enable notarization/),
      },
    ]);
  });

  test.each([
    ["no object", [], /is not an object/],
    ["no status", {}, /`status` in the notarization log is missing/],
  ])("refuses %s", (_title, document, message) => {
    expect(() => parseLog(document)).toThrow(message);
  });
});

describe("adviceFor", () => {
  test.each([
    ["The signature does not include a secure timestamp.", /--timestamp/],
    ["The binary is not signed with a valid Developer ID certificate.", /Developer ID Application/],
    ["The executable does not have the hardened runtime enabled.", /--options runtime/],
    ["The executable requests the com.apple.security.get-task-allow entitlement.", /Remove that entitlement/],
    ["The binary is not signed.", /Sign every Mach-O file/],
    ["The signature of the binary is invalid.", /changed after signing/],
    ["The binary uses an SDK older than the 10.9 SDK.", /10\.9 SDK or later/],
    ["Team is not yet configured for notarization.", /developer support/],
  ])("has advice for: %s", (message, advice) => {
    expect(adviceFor(message)).toMatch(advice);
  });

  test("has no advice for an unknown issue", () => {
    expect(adviceFor("The moon is in the wrong phase.")).toBeUndefined();
  });
});
