import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { ExpiredArtifactError, findInRun, type OpenArtifact, openArtifact } from "@release-actions/artifacts";
import { TransferError } from "@release-actions/http";
import { silentReporter } from "@release-actions/report";
import type { NetworkFault } from "../../stand-in/proxy/faults.ts";
import { CONTENT, Fixture, open, PACE, PATIENCE, sha256, transport } from "./fixture.ts";

const fixture = await Fixture.start();
const expected = await sha256(CONTENT);
afterEach(() => {
  fixture.world.reset();
  Object.assign(fixture.world.github.storage, { lifetimeSeconds: 600, startsInSeconds: -60 });
});
afterAll(() => fixture.world.close());

const answer = (status: number, headers: Record<string, string> = {}, body = ""): NetworkFault => ({
  ...{ kind: "answer", status, headers, body },
});
const html = answer(200, { "Content-Type": "text/html" }, "<html>log in");

async function ranged(): Promise<OpenArtifact & { kind: "ranged" }> {
  const artifact = await open(await fixture.stored());
  if (artifact.kind !== "ranged") throw new Error("expected ranges");
  return artifact;
}

test("a download succeeds in a process whose V8 flags are not changed", async () => {
  const artifact = await openArtifact(await fixture.stored(), {
    ...{ transport, reporter: silentReporter, patience: PATIENCE, pace: PACE, heapRelief: false },
  });
  expect(await sha256(artifact.stream())).toBe(expected);
});

describe("a ranged download is complete and correct in spite of", () => {
  const survived: [title: string, times: number, ...faults: NetworkFault[]][] = [
    ["F02: a connection reset before the answer", 2, { kind: "reset" }],
    ["F04: a connection reset in the body", 2, { kind: "reset", after: 1_000_000 }],
    ["F05: an end short of Content-Length", 2, { kind: "cut", after: 1_000_000 }],
    [
      "F06: an end inside a chunked body",
      2,
      { kind: "no-length", framing: "chunked" },
      { kind: "cut", after: 500_000 },
    ],
    ["F07: an end that looks complete", 2, { kind: "no-length", framing: "close" }, { kind: "cut", after: 500_000 }],
    ["F09: silence in the body", 2, { kind: "stall", after: 700_000 }],
    ["F10: silence before the headers", 2, { kind: "stall" }],
    ["F11: a drip of bytes", 1, { kind: "drip", bytesPerSecond: 2000 }],
    ["F13: a page of HTML with status 200", 1, html],
    ["F14: an added Content-Encoding", 2, { kind: "gzip" }],
    ["F15: a relative redirect", 2, { kind: "redirect", to: "relative" }],
    ["F19: several 5xx answers in a row", 4, answer(500)],
    ["F20: a 429 with Retry-After", 1, answer(429, { "Retry-After": "1" })],
    ["F26: ServerBusy", 3, answer(503, { "x-ms-error-code": "ServerBusy" })],
    ["F46: a success with an empty body", 1, { kind: "empty" }],
    ["F47: a hostile Content-Disposition", 99, { kind: "headers", set: { "content-disposition": "filename=../../x" } }],
    ["an answer with another range", 1, { kind: "headers", set: { "content-range": "bytes 5-9/10000000" } }],
    ["answers without their length", 99, { kind: "no-length", framing: "chunked" }],
  ];
  test.each(survived)("%s", async (_title, times, ...faults) => {
    const artifact = await ranged();
    const rule = fixture.world.storage.inject({ method: "GET", skip: 1, times }, ...faults);
    expect(await sha256(artifact.stream())).toBe(expected);
    expect(rule.hits).toBeGreaterThan(0);
  });

  test("F04: bytes that arrived before a cut are not fetched again", async () => {
    const artifact = await ranged();
    const before = artifact.fetched();
    const rule = fixture.world.storage.inject({ skip: 1, times: 1 }, { kind: "cut", after: 1_000_000 });
    expect(await sha256(artifact.stream())).toBe(expected);
    expect(rule.hits).toBe(1);
    expect(artifact.fetched() - before).toBe(CONTENT.length);
  });

  test("F12: many reads at once keep to a bounded number of connections", async () => {
    const artifact = await ranged();
    fixture.world.storage.limits.latencyMs = 20;
    await Promise.all([artifact, artifact, artifact].map((it) => sha256(it.stream())));
    expect(fixture.world.storage.peakRequests).toBeLessThanOrEqual(14);
  });

  test("F23: an expired URL is renewed once for all requests, and the download goes on", async () => {
    const { storage } = fixture.world.github;
    storage.lifetimeSeconds = 2;
    const artifact = await ranged();
    const mints = () => fixture.world.services.passages.filter(({ url }) => url.includes("GetSigned")).length;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    storage.lifetimeSeconds = 600;
    const before = mints();
    expect(await sha256(artifact.stream())).toBe(expected);
    expect(mints() - before).toBe(1);
  });

  test("F24: a URL that is not valid yet is asked for again until it is", async () => {
    const artifact = await ranged();
    fixture.world.github.storage.startsInSeconds = 60;
    fixture.world.storage.inject({ times: 1 }, answer(403, { "x-ms-error-code": "AuthenticationFailed" }));
    setTimeout(() => Object.assign(fixture.world.github.storage, { startsInSeconds: -60 }), 20);
    expect(await sha256(artifact.stream())).toBe(expected);
  });

  test("F16: the storage never sees an Authorization header, redirects included", async () => {
    const run = fixture.world.github.addRun();
    await fixture.world.github.addArtifact(run, { name: "restate.tar", content: CONTENT });
    const { port } = new URL(fixture.world.storage.origin);
    fixture.world.storage.inject({ times: 1 }, { kind: "redirect", to: new URL(`http://localhost:${port}`) });
    const query = { repository: run.repository.fullName, runId: run.id, name: "restate.tar" };
    const artifact = await open(await findInRun(fixture.rest(run.repository), query));
    expect(await sha256(artifact.stream())).toBe(expected);
    const { services, storage } = fixture.world;
    expect(services.passages.every(({ headers }) => headers["authorization"] !== undefined)).toBe(true);
    expect(storage.passages.every(({ headers }) => headers["authorization"] === undefined)).toBe(true);
  });
});

describe("a server without ranges is read in one stream", () => {
  const act: NetworkFault[] = [{ kind: "no-ranges" }, { kind: "no-length", framing: "chunked" }];

  test("such as act's artifact server, with neither ranges nor a length", async () => {
    fixture.world.storage.inject({}, ...act);
    const artifact = await open(await fixture.stored());
    expect(artifact.kind).toBe("sequential");
    expect(await sha256(artifact.stream())).toBe(expected);
  });

  test("even though act's listing gives a wrong size and no digest", async () => {
    fixture.world.storage.inject({}, ...act);
    const location = await fixture.stored();
    const artifact = await open({ ...location, size: 4096, digest: undefined });
    expect(artifact).toMatchObject({ kind: "sequential", size: undefined });
    expect(await sha256(artifact.stream())).toBe(expected);
  });

  const survived: [title: string, ...faults: NetworkFault[]][] = [
    ["F04: a connection reset", { kind: "reset", after: 6_000_000 }],
    ["F06: an end inside a chunked body", ...act, { kind: "cut", after: 6_000_000 }],
    [
      "F07: an end that looks complete",
      { kind: "no-ranges" },
      { kind: "no-length", framing: "close" },
      { kind: "cut", after: 6_000_000 },
    ],
    ["F09: silence", ...act, { kind: "stall", after: 6_000_000 }],
    ["F14: an added Content-Encoding", ...act, { kind: "gzip" }],
    ["F46: an empty body", { kind: "no-ranges" }, { kind: "empty" }],
  ];
  test.each(survived)(
    "after %s it is read again from the start, and what was already read is skipped",
    async (_title, ...faults) => {
      const plain = fixture.world.storage.inject({ times: 2 }, ...act);
      const artifact = await open(await fixture.stored());
      plain.remove();
      const rule = fixture.world.storage.inject({ times: 2 }, ...faults);
      fixture.world.storage.inject({}, ...act);
      expect(await sha256(artifact.stream())).toBe(expected);
      expect(rule.hits).toBeGreaterThan(0);
    },
  );
});

describe("a download that cannot succeed ends with its cause", () => {
  const failing = async (artifact: OpenArtifact, ...faults: NetworkFault[]): Promise<unknown> => {
    fixture.world.storage.inject({}, ...faults);
    return await sha256(artifact.stream()).catch((error: unknown) => error);
  };

  test("F19: after minutes of 5xx, with the causes and their number", async () => {
    const error = await failing(await ranged(), answer(503, { "x-ms-error-code": "ServerBusy" }));
    expect(error).toBeInstanceOf(TransferError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^downloading restate\.tar failed after \d+ tries: \d+ x \S+: 503 ServerBusy\.$/),
      advice: expect.stringContaining("status page"),
    });
  }, 20_000);

  test("F20: at once when the server asks for a longer wait than the time limit", async () => {
    const error = await failing(await ranged(), answer(429, { "Retry-After": "3600" }));
    expect(error).toMatchObject({
      message: expect.stringMatching(/one try: .*429\. The server asked to wait 60 min 00 s/),
    });
  });

  test("F11: a drip without end", async () => {
    const error = await failing(await ranged(), { kind: "drip", bytesPerSecond: 2000 });
    expect(error).toMatchObject({ name: "TransferError", message: expect.stringMatching(/sent only .* in/) });
  }, 20_000);

  test("F13: a login page on every request", async () => {
    expect(await failing(await ranged(), html)).toMatchObject({
      name: "TransferError",
      message: expect.stringMatching(/3 x \S+ answered 200 with a page of HTML instead of the artifact/),
    });
  });

  test("F23: when fresh URLs are refused, too", async () => {
    const error = await failing(await ranged(), answer(403, { "x-ms-error-code": "AuthorizationFailure" }));
    expect(error).toMatchObject({ message: expect.stringMatching(/6 x \S+: 403 AuthorizationFailure/) });
  });

  test("F98: when the clock is wrong, and says by how much", async () => {
    const date = new Date(Date.now() - 400_000).toUTCString();
    const error = await failing(await ranged(), answer(403, { Date: date }));
    expect(error).toMatchObject({
      message: expect.stringMatching(/and the clock here is 6 min 4\d s ahead of the server's/),
    });
  });

  test("F25: when the content is gone, after one try and with its dates", async () => {
    const artifact = await ranged();
    fixture.world.storage.passages.length = 0;
    const error = await failing(artifact, answer(404, { "x-ms-error-code": "BlobNotFound", "x-ms-request-id": "abc" }));
    expect(error).toBeInstanceOf(ExpiredArtifactError);
    expect(error).toMatchObject({ message: expect.stringContaining("is no longer in the storage") });
    expect(error).toMatchObject({ message: expect.stringContaining("404 BlobNotFound (request abc)") });
    const asked = fixture.world.storage.passages.map(({ headers }) => headers["range"]);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test("F45: when the content is replaced while it is read", async () => {
    const error = await failing(await ranged(), { kind: "headers", set: { etag: '"another"' } });
    expect(error).toMatchObject({ name: "Fault", message: "restate.tar was replaced while it was read" });
  });

  test("when the size differs from the one in the listing", async () => {
    const location = await fixture.stored();
    await expect(open({ ...location, size: location.size - 1 })).rejects.toThrow(
      "restate.tar has 10000000 bytes in the storage, and 9999999 in the listing of the run",
    );
  });

  test("F01: when the storage cannot be reached, naming its host", async () => {
    const location = await fixture.stored();
    const nowhere = { ...location, mintUrl: async () => new URL("http://127.0.0.1:9/x") };
    await expect(open(nowhere, { ...PATIENCE, budgetMs: 200 })).rejects.toThrow(/127\.0\.0\.1:9: .*ECONNREFUSED/);
  });

  test("F84: at once when it is cancelled, whatever it is waiting for", async () => {
    const artifact = await ranged();
    fixture.world.storage.inject({}, { kind: "stall" });
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(new Error("cancelled")), 50);
    const started = performance.now();
    await expect(sha256(artifact.stream(cancel.signal))).rejects.toThrow("cancelled");
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("reads of parts", () => {
  test("give the requested bytes at any offset, and release their connections when the reader stops early", async () => {
    const { source } = await ranged();
    for (const [offset, length] of [
      [0, 10],
      [16_380, 8],
      [4_194_300, 9],
      [9_999_990, 10],
      [5, 9_000_000],
      [7, 0],
    ] as const) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of source.read(offset, length)) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(CONTENT.subarray(offset, offset + length))).toBe(true);
    }
    for (let round = 0; round < 20; round += 1) {
      for await (const _chunk of source.read(0, CONTENT.length)) break;
      // The reader stops after the last byte, just when connections return to the pool.
      let got = 0;
      for await (const chunk of source.read(0, 9_000_000)) {
        got += chunk.length;
        if (got === 9_000_000) break;
      }
    }
    expect(await sha256(source.read(0, CONTENT.length))).toBe(expected);
  });

  test("work as well where the listing gives neither a digest nor a size (F37)", async () => {
    const location = await fixture.stored();
    const artifact = await open({ ...location, size: 0, digest: undefined });
    expect(artifact.kind).toBe("ranged");
    expect(await sha256(artifact.stream())).toBe(expected);
  });

  test("of the first and last bytes cost no request after opening", async () => {
    const { source } = await ranged();
    fixture.world.storage.passages.length = 0;
    await sha256(source.read(0, 1000));
    await sha256(source.read(CONTENT.length - 200_000, 200_000));
    expect(fixture.world.storage.passages).toEqual([]);
  });
});
