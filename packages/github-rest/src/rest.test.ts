import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { type HttpResponse, RefusedError, transient } from "@release-actions/http";
import { listOf, object, text } from "@release-actions/json";
import { type Reporter, silentReporter } from "@release-actions/report";
import { openReleases } from "./releases.ts";
import { openRest, type RestOptions } from "./rest.ts";

const API = "https://api.github.test";
const names = listOf(object({ name: text }));

/** A client whose transport returns the answers in order and records the requests. */
function scripted(...answers: (Response | Error)[]) {
  const asked: { url: string; init: { headers: Readonly<Record<string, string>> } }[] = [];
  const waits: number[] = [];
  const lines: string[] = [];
  const reporter: Reporter = { ...silentReporter, info: (line) => void lines.push(line) };
  const options: RestOptions = {
    apiUrl: API,
    token: "ghs_SECRET",
    reporter,
    clock: { now: () => 1_000_000, wait: async (ms) => waits.push(ms) },
    transport: async ({ url, headers = {} }) => {
      asked.push({ url: url.href, init: { headers } });
      const answer = answers.shift();
      if (answer === undefined) throw new Error("nobody expected this request");
      if (answer instanceof Response) return received(url, answer);
      throw transient(url, answer);
    },
  };
  return { rest: openRest(options), options, asked, waits, lines };
}

/** The answer as the transport returns it; the code under test only reads the body as a stream. */
async function received(url: URL, answer: Response): Promise<HttpResponse> {
  const body = Readable.from([Buffer.from(await answer.arrayBuffer())]) as HttpResponse["body"];
  return { url, status: answer.status, headers: Object.fromEntries(answer.headers), body };
}

const json = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), init);
const failure = (status: number, headers: Record<string, string> = {}) => json({ message: "no" }, { status, headers });

describe("the REST client", () => {
  test("follows pages to the end, with the token", async () => {
    const link = `<${API}/repos/a/b/tags?per_page=100&page=2>; rel="next", <${API}/x>; rel="last"`;
    const { rest, asked } = scripted(json([{ name: "v2" }], { headers: { link } }), json([{ name: "v1" }]));
    expect(await rest.getAll("/repos/a/b/tags", names)).toEqual([{ name: "v2" }, { name: "v1" }]);
    expect(asked.map(({ url }) => url)).toEqual([
      `${API}/repos/a/b/tags?per_page=100`,
      `${API}/repos/a/b/tags?per_page=100&page=2`,
    ]);
    expect(new Headers(asked[0]?.init?.headers).get("authorization")).toBe("Bearer ghs_SECRET");
  });

  test("never sends the token to another host that a page names", async () => {
    const { rest, asked } = scripted(json([], { headers: { link: '<https://evil.example/x>; rel="next"' } }));
    await expect(rest.getAll("/x", names)).rejects.toThrow("next page is at https://evil.example/x");
    expect(asked).toHaveLength(1);
  });

  test.each<[name: string, faults: (Response | Error)[], waits: unknown[]]>([
    ["a reset connection", [new TypeError("fetch failed")], [expect.any(Number)]],
    ["a 502", [failure(502)], [expect.any(Number)]],
    ["429 with Retry-After", [failure(429, { "retry-after": "7" })], [7000]],
    ["the secondary limit", [failure(403, { "retry-after": "60" })], [60_000]],
    [
      "the primary limit, when it ends in time",
      [failure(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030" })],
      [31_000],
    ],
    [
      "several in a row",
      [failure(500), failure(503), failure(504)],
      [expect.any(Number), expect.any(Number), expect.any(Number)],
    ],
  ])("retries after %s", async (_name, faults, waits) => {
    const script = scripted(...faults, json([{ name: "v1" }]));
    expect(await script.rest.get("/x", names)).toEqual([{ name: "v1" }]);
    expect(script.waits).toEqual(waits);
    expect(script.lines.every((line) => /trying again in \d+ s$/.test(line))).toBe(true);
  });

  test.each([
    [401, {}, "it is wrong or has expired"],
    [403, {}, "Give the job the permission"],
    [404, {}, "Check the name"],
    [422, {}, undefined],
  ])("does not retry after %d", async (status, headers, advice) => {
    const { rest, asked } = scripted(failure(status, headers));
    const error: unknown = await rest.get("/repos/a/b", names).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status, message: `GitHub answers ${status} to GET /repos/a/b: no` });
    expect((error as RefusedError).advice ?? "").toContain(advice ?? "");
    expect(asked).toHaveLength(1);
  });

  test("gives up when a rate limit ends after its time budget", async () => {
    const { rest, waits } = scripted(failure(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9999" }));
    await expect(rest.get("/x", names)).rejects.toThrow("GitHub answers 403");
    expect(waits).toEqual([]);
  });

  test("gives up after minutes of errors, and names the last one", async () => {
    let now = 0;
    const { options } = scripted();
    const rest = openRest({
      ...options,
      clock: {
        now: () => now,
        wait: async (ms) => {
          now += ms;
        },
      },
      transport: async ({ url }) => received(url, failure(503)),
    });
    await expect(rest.get("/x", names)).rejects.toThrow("GitHub answers 503");
    expect(now).toBeGreaterThan(60_000);
    expect(now).toBeLessThan(180_000);
  });

  test.each([
    ["a page of HTML", new Response("<html>Log in</html>"), "is not JSON: it starts with"],
    ["an empty answer", new Response(""), "is empty"],
    ["another shape", json([{ name: 1 }]), "`[0].name` is 1, expected a string"],
  ])("refuses %s", async (_name, response, message) => {
    await expect(scripted(response).rest.get("/x", names)).rejects.toThrow(message);
  });

  test("stops at once when the job is cancelled", async () => {
    const { options, waits } = scripted(new TypeError("aborted"));
    const rest = openRest({ ...options, signal: AbortSignal.abort(new Error("the job was cancelled")) });
    await expect(rest.get("/x", names)).rejects.toThrow("the job was cancelled");
    expect(waits).toEqual([]);
  });
});

describe("releases", () => {
  const release = {
    id: 7,
    tag_name: "widget/v1+x",
    body: null,
    draft: false,
    html_url: "https://github.com/a/b/releases/tag/x",
  };

  test("are found by a tag with any characters", async () => {
    const { rest, asked } = scripted(json(release));
    expect(await openReleases(rest, "a/b").byTag("widget/v1+x")).toMatchObject({ id: 7, body: "", isDraft: false });
    expect(asked[0]?.url).toBe(`${API}/repos/a/b/releases/tags/widget/v1%2Bx`);
  });

  test("are found among the drafts, or not found", async () => {
    const { rest } = scripted(failure(404), json([{ ...release, draft: true }]), failure(404), json([]));
    const releases = openReleases(rest, "a/b");
    expect(await releases.byTag("widget/v1+x")).toMatchObject({ id: 7, isDraft: true });
    expect(await releases.byTag("widget/v1+x")).toBeUndefined();
  });

  test("are not reported as missing when GitHub fails", async () => {
    const { rest } = scripted(failure(403));
    await expect(openReleases(rest, "a/b").byTag("v1")).rejects.toThrow("GitHub answers 403");
  });
});
