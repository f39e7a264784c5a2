import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { checkSecrets } from "./check-secrets.ts";
import { readExpectations } from "./expectation.ts";
import { parseExpiry } from "./online/github.ts";

const NOW = new Date("2026-11-29T12:00:00Z");

async function check(line: string, env: Record<string, string>): Promise<string[]> {
  const where = { env, now: NOW, expiresWithinDays: 30, services: undefined };
  const findings = await checkSecrets(readExpectations([line]), where);
  return findings.map(({ name, problem, level, message }) => `${level} ${name} ${problem}: ${message}`);
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const pem = String(rsa.export({ type: "pkcs8", format: "pem" }));
const pkcs1 = String(rsa.export({ type: "pkcs1", format: "pem" }));
const locked = String(rsa.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }));
const openssh = `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from("openssh-key-v1\0none").toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
const pgp = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdGBGd\n=AbCd\n-----END PGP PRIVATE KEY BLOCK-----\n";
const npm = `npm_${"a1".repeat(18)}`;
const classic = `ghp_${"b2".repeat(18)}`;

describe("good secrets", () => {
  test.each([
    ["a PEM key with its last line feed", "K: private-key", { K: pem }],
    ["a PEM key in base64", "K: private-key", { K: Buffer.from(pem).toString("base64") }],
    ["an encrypted PEM key", "K: private-key", { K: locked }],
    ["an OpenSSH key with its last line feed", "K: private-key", { K: openssh }],
    ["a key of PGP", "K: private-key", { K: pgp }],
    ["an OpenSSH key of no known kind", "K: nonempty", { K: openssh }],
    ["a file of JSON with its last line feed", "K: nonempty", { K: '{\n  "type": "service_account"\n}\n' }],
    ["the key of an App", "K: github-app-key app-id=ID", { K: pkcs1, ID: "123456" }],
    ["the key of an App by its client id", "K: github-app-key app-id=ID", { K: pkcs1, ID: "Iv23liABCDEFGHIJKLMN" }],
    ["a robot of Quay", "P: docker-login username=U", { P: "x", U: "acme+ci" }],
    ["a robot of Harbor", "P: docker-login username=U", { P: "x", U: "robot$acme" }],
    ["a key file of Google", "P: docker-login username=U", { P: '{"a":1}', U: "_json_key" }],
    ["a token of GitHub's npm registry", "T: npm-token", { T: classic }],
    ["a token of GitLab's npm registry", "T: npm-token", { T: "glpat-ABCDEFGHIJKLMNOPQRST" }],
    ["a token of the registry that is named", "T: npm-token registry=https://npm.example", { T: "0a1b2c3d4e5f" }],
    ["a stage-only token", "T: npm-stage-token", { T: npm }],
    ["a token of crates.io", "T: crates-token", { T: `cio${"aB3".repeat(10)}xy` }],
    ["an old token of crates.io", "T: crates-token", { T: `${"aB3".repeat(10)}xy` }],
  ] as [string, string, Record<string, string>][])("pass: %s", async (_name, line, env) => {
    expect(await check(line, env)).toEqual([]);
  });

  test("a user name with an e-mail address passes at registries other than Docker Hub, where nobody can tell", async () => {
    const env = { P: "x", U: "tenancy/me@example.com" };
    expect(await check("P: docker-login username=U registry=fra.ocir.io", env)).toEqual([]);
    expect(await check("P: docker-login username=U", env)).toEqual([expect.stringMatching(/^warning U unverified/)]);
  });
});

describe("white space at an edge", () => {
  test.each([
    ["T: npm-token", { T: `${npm}\n` }, "error T malformed: it ends with a line feed (U+000A)"],
    ["T: npm-token", { T: ` ${npm}` }, "error T malformed: it begins with a space (U+0020)"],
    ["T: github-token", { T: `\ufeff${classic}` }, "error T malformed: it begins with a byte order mark (U+FEFF)"],
    ["T: github-token", { T: `${classic}\u200b` }, "error T malformed: it ends with a zero-width space (U+200B)"],
    ["P: docker-login username=U", { P: "x", U: "user\n" }, "error U malformed: it ends with a line feed (U+000A)"],
    ["T: nonempty", { T: "some-value\n" }, "warning T malformed: it ends with a line feed (U+000A)"],
    ["K: private-key", { K: `\ufeff${pem}` }, "error K malformed: it begins with a byte order mark (U+FEFF)"],
  ])("is told by the name of its value, with its character: %s", async (line, env, told) => {
    expect(await check(line, env)).toEqual([told]);
  });
});

describe("bad secrets", () => {
  test.each([
    ["a key that was cut", "K: private-key", { K: pem.slice(0, 400) }, "its END line is missing"],
    ["a key without line breaks", "K: private-key", { K: pem.replaceAll("\n", " ").trim() }, "lost its line breaks"],
    ["a key with its line breaks written out", "K: private-key", { K: pem.replaceAll("\n", "\\n") }, "written as \\n"],
    ["a damaged key", "K: private-key", { K: pem.replace(/\n\w{8}/, "\n!!") }, "cannot be read"],
    [
      "a public key",
      "K: private-key",
      { K: "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----" },
      "not a private key",
    ],
    ["a cut token under any name", "ANY: nonempty", { ANY: classic.slice(0, 20) }, "not a whole GitHub token"],
    ["a user name with a colon", "P: docker-login username=U", { P: "x", U: "a:b" }, "a colon or white space"],
    ["a token of GitHub for crates.io", "T: crates-token", { T: classic }, "not a token of crates.io"],
    ["a key of cosign that is none", "K: cosign-key", { K: pem }, "not a key of cosign"],
  ])("are found: %s", async (_name, line, env, told) => {
    expect(await check(line, env)).toEqual([expect.stringContaining(told)]);
  });

  test("a date that a JSON Web Token gives and no calendar has is no crash", async () => {
    const token = `eyJhbGciOiJub25lIn0.${Buffer.from('{"exp":9e18}').toString("base64url")}.x`;
    expect(await check("T: polarsignals-token", { T: token })).toEqual([
      expect.stringMatching(/^warning T unverified/),
    ]);
  });
});

describe("parseExpiry", () => {
  test.each([
    ["2026-12-05 10:00:00 -0700", "2026-12-05T17:00:00.000Z"],
    ["2026-12-05 10:00:00 UTC", "2026-12-05T10:00:00.000Z"],
    ["2026-12-05 10:00:00 +05:30", "2026-12-05T04:30:00.000Z"],
    ["2026-12-05T10:00:00Z", "2026-12-05T10:00:00.000Z"],
    ["soon", undefined],
  ])("reads %s", (text, expected) => {
    expect(parseExpiry(text)?.toISOString()).toBe(expected);
  });
});
