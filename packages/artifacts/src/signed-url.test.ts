import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { SignedUrl } from "./signed-url.ts";

const url = (signature: number): URL => new URL(`https://storage.invalid/blob?sig=${signature}`);

describe("SignedUrl", () => {
  test("is requested once for all callers", async () => {
    let minted = 0;
    const signed = new SignedUrl(async () => url(++minted));
    expect(await Promise.all([signed.get(), signed.get()])).toEqual([url(1), url(1)]);
  });

  test("F23: is renewed once when several requests were refused with it", async () => {
    let minted = 0;
    const signed = new SignedUrl(async () => url(++minted));
    const refused = await signed.get();
    signed.renew(refused);
    signed.renew(refused);
    await turn();
    expect(await signed.get()).toEqual(url(2));
    signed.renew(refused);
    await turn();
    expect(await signed.get()).toEqual(url(2));
  });

  test("F98: causes no unhandled error when a request is refused during a renewal that is then stopped", async () => {
    const stop = new AbortController();
    const mints = [
      async () => url(1),
      async () =>
        await new Promise<URL>((_, reject) => stop.signal.addEventListener("abort", () => reject(stop.signal.reason))),
      async () => url(3),
    ];
    const signed = new SignedUrl(async () => await (mints.shift() ?? (async () => url(4)))());
    const refused = await signed.get();
    signed.renew(refused);
    await turn();
    const waiting = signed.get().catch((error: unknown) => error);
    signed.renew(refused);
    stop.abort(new Error("stopped"));
    expect(await waiting).toMatchObject({ message: "stopped" });
    await turn();
    expect(await signed.get()).toEqual(url(3));
  });
});
