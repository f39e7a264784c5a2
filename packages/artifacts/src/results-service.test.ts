import { Readable } from "node:stream";
import { expect, test } from "@jest/globals";
import type { HttpRequest, HttpResponse, Transport } from "@release-actions/http";
import { createResultsService } from "./results-service.ts";

const claims = { scp: "Actions.GenericRead:0 Actions.Results:run-1:job-2" };
const token = `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;

/** Answers every request with this text or this value as JSON, and records the requests. */
function answering(value: unknown, status = 200): { readonly transport: Transport; readonly asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  return {
    asked,
    transport: async (request) => {
      asked.push(request);
      const body = Readable.from([Buffer.from(typeof value === "string" ? value : JSON.stringify(value))]);
      // The code under test only reads the body as a stream.
      return { status, headers: {}, url: request.url, body: body as HttpResponse["body"] };
    },
  };
}

const url = "https://results.test/";

test("sends the ids of the run and job that the token names", async () => {
  const { transport, asked } = answering({});
  expect(await createResultsService({ url, token, transport }).list({ name: "a" })).toEqual([]);
  expect(asked[0]?.url.href).toBe(
    "https://results.test/twirp/github.actions.results.api.v1.ArtifactService/ListArtifacts",
  );
  expect(JSON.parse(String(asked[0]?.body))).toEqual({
    workflow_run_backend_id: "run-1",
    workflow_job_run_backend_id: "job-2",
    name_filter: "a",
  });
});

test.each([
  ["GitHub", (name: string) => name],
  [
    "act, with names in camel case",
    (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
  ],
])("reads a listing as %s writes it, newest first", async (_title, write) => {
  const artifact = (id: string, run: string) => ({
    [write("workflow_run_backend_id")]: run,
    [write("workflow_job_run_backend_id")]: "job-2",
    [write("database_id")]: id,
    name: "restate.tar",
    size: "2097",
    digest: "sha256:ab",
    [write("created_at")]: "2026-01-01T00:00:00Z",
  });
  const { transport } = answering({ artifacts: [artifact("7", "run-0"), artifact("9", "run-1")] });
  const listed = await createResultsService({ url, token, transport }).list();
  expect(listed).toMatchObject([
    { id: 9, size: 2097, digest: "sha256:ab", createdAt: new Date("2026-01-01T00:00:00Z"), ofThisAttempt: true },
    { id: 7, ofThisAttempt: false },
  ]);
});

test("F37: accepts a listing without a digest, time or size", async () => {
  const artifact = { workflow_run_backend_id: "r", workflow_job_run_backend_id: "j", database_id: "1", name: "a" };
  const { transport } = answering({ artifacts: [artifact] });
  const [listed] = await createResultsService({ url, token, transport }).list();
  expect(listed).toMatchObject({ size: 0, digest: undefined, createdAt: undefined });
});

test.each([
  ["text that is not a JWT", "opaque", /ACTIONS_RUNTIME_TOKEN is empty/],
  ["a JWT without a scope", `h.${Buffer.from("{}").toString("base64url")}.s`, /`scp` is absent/],
  [
    "a scope without a run",
    `h.${Buffer.from('{"scp":"Actions.Read:1"}').toString("base64url")}.s`,
    /does not name a run/,
  ],
])("refuses %s as the token", (_title, wrong, message) => {
  const { transport } = answering({});
  expect(() => createResultsService({ url, token: wrong, transport })).toThrow(message);
});

test.each([
  ["an HTML page, as from GitHub Enterprise Server", 404, "<html>Not Found</html>"],
  ["an empty 404 answer", 404, ""],
  ["a method that is not allowed", 405, ""],
  ["Twirp's error for an unknown route", 404, { code: "bad_route", msg: "no handler for path" }],
])("reports after one request that a server lacks the service: %s", async (_title, status, body) => {
  for (const call of ["list", "remove"] as const) {
    const { transport, asked } = answering(body, status);
    const results = createResultsService({ url, token, transport });
    const calling = call === "list" ? results.list() : results.remove("a");
    await expect(calling).rejects.toThrow("results.test has no artifact service of version 4");
    expect(asked).toHaveLength(1);
  }
});

test("accepts the service's own answer that an artifact is not found", async () => {
  const { transport } = answering({ code: "not_found", msg: "artifact not found" }, 404);
  expect(await createResultsService({ url, token, transport }).remove("a")).toBe(false);
});
