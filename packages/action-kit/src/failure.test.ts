import { describe, expect, test } from "@jest/globals";
import { Fault } from "@release-actions/report";
import { describeFailure } from "./failure.ts";

describe("describeFailure", () => {
  test("shows an expected error with its causes and the next step, without a stack trace", () => {
    const socket = new Error("connect ECONNREFUSED 127.0.0.1:80");
    const fault = new Fault("the registry cannot be reached", {
      cause: new Error("fetch failed", { cause: socket }),
      advice: "Check that it runs.",
      location: { file: "a.yml", line: 3 },
    });
    const failure = describeFailure(fault);
    expect(failure.message).toBe(
      "the registry cannot be reached\n  because: fetch failed\n  because: connect ECONNREFUSED 127.0.0.1:80\nNext: Check that it runs.",
    );
    expect(failure.location).toEqual({ file: "a.yml", line: 3 });
    expect(failure.isBug).toBe(false);
    expect(failure.detail).toContain("failure.test.ts");
  });

  test("does not repeat the same reason", () => {
    const fault = new Fault("cannot read x: ENOENT", { cause: new Error("ENOENT") });
    expect(describeFailure(fault).message).toBe("cannot read x: ENOENT");
  });

  test("stops when causes refer to each other", () => {
    const one = new Error("one");
    const two = new Error("two", { cause: one });
    one.cause = two;
    expect(describeFailure(one).isBug).toBe(true);
  });

  test.each([[new TypeError("x is not a function")], ["a string"], [undefined]])(
    "reports %s as a bug in the action",
    (error) => {
      const failure = describeFailure(error);
      expect(failure.isBug).toBe(true);
      expect(failure.message).toContain("This is a bug in the action");
    },
  );
});
