import { expect, test } from "@jest/globals";
import { AccessError, RefusedError, TransferError } from "./faults.ts";

test.each([
  [new RefusedError("bad request", { status: 400, advice: "Fix it." }), "RefusedError", 400],
  [new AccessError("forbidden", { status: 403, advice: "Fix it." }), "AccessError", 403],
])("a refusal %s keeps its name, its status and its advice", (error, name, status) => {
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ name, status, advice: "Fix it." });
  expect(error).not.toBeInstanceOf(TransferError);
});
