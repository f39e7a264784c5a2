import { describe, expect, test } from "@jest/globals";
import { storeArguments } from "./store.ts";

describe("storeArguments", () => {
  test.each([
    ["grpc.polarsignals.com:443", ["--store-address=grpc.polarsignals.com:443"]],
    ["https://store.example:443/", ["--store-address=store.example:443"]],
    ["http://127.0.0.1:7070", ["--store-address=127.0.0.1:7070", "--insecure"]],
  ])("%s", (address, expected) => {
    expect(storeArguments(address)).toEqual(expected);
  });

  test.each(["store.example", "--insecure", "ftp://store.example:1", "a b:1", "store.example:443/path"])(
    "refuses %s",
    (address) => {
      expect(() => storeArguments(address)).toThrow("expected host:port");
    },
  );
});
