import { describe, expect, test } from "@jest/globals";
import { Fault } from "@release-actions/report";
import { parseLogins, requireLogins } from "./logins.ts";
import { parsePlace } from "./place.ts";

describe("parseLogins", () => {
  test("reads one line for each registry, with any white space between the words", () => {
    expect([...parseLogins("ghcr.io  me\tpass\r\n\n docker.io you word \n")]).toEqual([
      ["ghcr.io", { username: "me", password: "pass" }],
      ["docker.io", { username: "you", password: "word" }],
    ]);
  });

  test.each<[name: string, text: string, message: string]>([
    [
      "a line without a password (misleads 20)",
      "ghcr.io me pass\ndocker.io you ",
      "line 2 of the input `logins` has 2 words",
    ],
    ["a line with too many words", "ghcr.io me s3cret words", "line 1 of the input `logins` has 4 words"],
    ["a registry that is listed twice", "ghcr.io me s3cret\nghcr.io you s3cret", "has ghcr.io twice"],
  ])("refuses %s, and does not show a secret", (_name, text, message) => {
    const failing = (): unknown => parseLogins(text);
    expect(failing).toThrow(Fault);
    expect(failing).toThrow(message);
    expect(failing).not.toThrow("s3cret");
  });
});

test("names each registry without a login once", () => {
  const places = ["ghcr.io/a/b", "quay.io/a/b", "quay.io/a/c", "acme/widget"].map(parsePlace);
  const logins = parseLogins("ghcr.io me pass");
  expect(() => requireLogins(logins, places)).toThrow("has no line for quay.io, docker.io");
  expect(() => requireLogins(logins, places.slice(0, 1))).not.toThrow();
});

test("reads a JSON key on one line or over several, and accepts all names of Docker Hub", () => {
  const key = { type: "service_account", private_key: "a b" };
  const text = [
    `eu.gcr.io _json_key ${JSON.stringify(key)}`,
    `us.gcr.io _json_key ${JSON.stringify(key, undefined, 2)}`,
    "https://index.docker.io/v1/ acme secret",
  ].join("\n");
  const logins = parseLogins(text);
  for (const registry of ["eu.gcr.io", "us.gcr.io"]) {
    expect(logins.get(registry)?.username).toBe("_json_key");
    expect(JSON.parse(logins.get(registry)?.password ?? "")).toEqual(key);
  }
  expect(logins.get("docker.io")).toEqual({ username: "acme", password: "secret" });
});
