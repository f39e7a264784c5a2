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
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const jwt = (exp: unknown): string =>
  `${base64('{"alg":"none"}')}.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.x`;
const KEY_FILE = JSON.stringify({ type: "service_account", project_id: "acme", private_key: pem }, null, 2);
const npm = `npm_${"a1".repeat(18)}`;
const classic = `ghp_${"b2".repeat(18)}`;

describe("good secrets", () => {
  test.each([
    ["a PEM key with its last line feed", "K: private-key", { K: pem }],
    ["a PEM key in base64", "K: private-key", { K: Buffer.from(pem).toString("base64") }],
    ["an encrypted PEM key", "K: private-key", { K: locked }],
    ["an OpenSSH key with its last line feed", "K: private-key", { K: openssh }],
    ["a PGP key", "K: private-key", { K: pgp }],
    ["an OpenSSH key of an unknown kind", "K: nonempty", { K: openssh }],
    ["a JSON file with its last line feed", "K: nonempty", { K: '{\n  "type": "service_account"\n}\n' }],
    ["the key of a GitHub App", "K: github-app-key app-id=ID", { K: pkcs1, ID: "123456" }],
    [
      "the key of a GitHub App with its client id",
      "K: github-app-key app-id=ID",
      { K: pkcs1, ID: "Iv23liABCDEFGHIJKLMN" },
    ],
    ["a robot account of Quay", "P: docker-login username=U", { P: "x", U: "acme+ci" }],
    ["a robot account of Harbor", "P: docker-login username=U", { P: "x", U: "robot$acme" }],
    ["a Google key file", "P: docker-login username=U", { P: '{"a":1}', U: "_json_key" }],
    ["a Google key file with its last line feed", "P: docker-login username=U", { P: `${KEY_FILE}\n`, U: "_json_key" }],
    ["a Google key file in base64", "P: docker-login username=U", { P: base64(KEY_FILE), U: "_json_key_base64" }],
    [
      "a Google key file in base64 with line breaks",
      "P: docker-login username=U",
      { P: `${base64(KEY_FILE.repeat(1)).replace(/(.{76})/g, "$1\n")}\n`, U: "_json_key_base64" },
    ],
    ["a password that ends with padding", "P: docker-login username=U", { P: "c2VjcmV0LXBhc3M==", U: "robot$acme" }],
    ["a token of Docker", "P: docker-login username=U", { P: `dckr_pat_${"aB3-x_9yZ".repeat(3)}`, U: "acme" }],
    ["a token of Artifactory with padding", "T: npm-token", { T: `cmVmdGtuOjAxOj${"A1".repeat(20)}==` }],
    ["an installation token of a GitHub App", "T: github-token", { T: `ghs_${"aB3".repeat(12)}` }],
    [
      "a longer installation token of a GitHub App",
      "T: github-token",
      { T: `ghs_1234_eyJhbGciOi.eyJ${"aB3".repeat(40)}.x-y_z` },
    ],
    ["a token of GitHub's npm registry", "T: npm-token", { T: classic }],
    ["a token of GitLab's npm registry", "T: npm-token", { T: "glpat-ABCDEFGHIJKLMNOPQRST" }],
    [
      "a token of the registry that the check names",
      "T: npm-token registry=https://npm.example",
      { T: "0a1b2c3d4e5f" },
    ],
    ["a stage-only token", "T: npm-stage-token", { T: npm }],
    ["a token of crates.io", "T: crates-token", { T: `cio${"aB3".repeat(10)}xy` }],
    ["an old token of crates.io", "T: crates-token", { T: `${"aB3".repeat(10)}xy` }],
  ] as [string, string, Record<string, string>][])("pass: %s", async (_name, line, env) => {
    expect(await check(line, env)).toEqual([]);
  });

  test("accepts an e-mail address in the user name of a registry, and warns about it for Docker Hub", async () => {
    const env = { P: "x", U: "tenancy/me@example.com" };
    expect(await check("P: docker-login username=U registry=fra.ocir.io", env)).toEqual([]);
    expect(await check("P: docker-login username=U", env)).toEqual([expect.stringMatching(/^warning U unverified/)]);
  });
});

describe("white space at the start or end", () => {
  test.each([
    ["T: npm-token", { T: `${npm}\n` }, "error T malformed: it ends with a line feed (U+000A)"],
    ["T: npm-token", { T: ` ${npm}` }, "error T malformed: it begins with a space (U+0020)"],
    ["T: github-token", { T: `\ufeff${classic}` }, "error T malformed: it begins with a byte order mark (U+FEFF)"],
    ["T: github-token", { T: `${classic}\u200b` }, "error T malformed: it ends with a zero-width space (U+200B)"],
    ["P: docker-login username=U", { P: "x", U: "user\n" }, "error U malformed: it ends with a line feed (U+000A)"],
    ["T: nonempty", { T: "some-value\n" }, "warning T malformed: it ends with a line feed (U+000A)"],
    ["K: private-key", { K: `\ufeff${pem}` }, "error K malformed: it begins with a byte order mark (U+FEFF)"],
  ])("is reported with the name of the value and the character: %s", async (line, env, told) => {
    expect(await check(line, env)).toEqual([told]);
  });
});

describe("bad secrets", () => {
  test.each([
    ["a truncated key", "K: private-key", { K: pem.slice(0, 400) }, "its END line is missing"],
    ["a key without line breaks", "K: private-key", { K: pem.replaceAll("\n", " ").trim() }, "lost its line breaks"],
    [
      "a key with its line breaks written as a backslash and n",
      "K: private-key",
      { K: pem.replaceAll("\n", "\\n") },
      "written as \\n",
    ],
    ["a damaged key", "K: private-key", { K: pem.replace(/\n\w{8}/, "\n!!") }, "cannot be read"],
    [
      "a public key",
      "K: private-key",
      { K: "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----" },
      "not a private key",
    ],
    ["a truncated token under any name", "ANY: nonempty", { ANY: classic.slice(0, 20) }, "not a complete GitHub token"],
    ["a token that was pasted twice", "T: github-token", { T: `${classic}${classic}` }, "not a complete GitHub token"],
    [
      "a truncated Docker token",
      "P: docker-login username=U",
      { P: "dckr_pat_abc", U: "acme" },
      "not a complete access token",
    ],
    [
      "a truncated key file",
      "P: docker-login username=U",
      { P: KEY_FILE.slice(0, 60), U: "_json_key" },
      "complete JSON key file",
    ],
    [
      "a key file in base64 with the user name for plain key files",
      "P: docker-login username=U",
      { P: base64(KEY_FILE), U: "_json_key" },
      "_json_key_base64",
    ],
    [
      "a plain key file with the user name for base64 key files",
      "P: docker-login username=U",
      { P: KEY_FILE, U: "_json_key_base64" },
      "for which the user is `_json_key`",
    ],
    [
      "truncated base64 of a key file",
      "P: docker-login username=U",
      { P: base64(KEY_FILE).slice(0, 40), U: "_json_key_base64" },
      "complete JSON",
    ],
    [
      "an Amazon ECR password from last week",
      "P: docker-login username=U registry=1.dkr.ecr.eu-west-1.amazonaws.com",
      { P: base64(JSON.stringify({ payload: "x", type: "DATA_KEY", expiration: 1795000000 })), U: "AWS" },
      "it expired on 2026-11-18",
    ],
    [
      "an Amazon ECR password that was stored as a secret",
      "P: docker-login username=U",
      { P: base64('{"expiration":1796000000}'), U: "AWS" },
      "valid for 12 hours only",
    ],
    [
      "a wrong user name for Amazon ECR",
      "P: docker-login username=U registry=1.dkr.ecr.eu-west-1.amazonaws.com",
      { P: "x", U: "me" },
      "which is AWS",
    ],
    [
      "a Google token that is valid for an hour",
      "P: docker-login username=U",
      { P: "ya29.x", U: "oauth2accesstoken" },
      "for an hour",
    ],
    [
      "an expired JSON Web Token for a registry",
      "P: docker-login username=U",
      { P: jwt(1700000000), U: "00000000" },
      "expired on 2023-11-14",
    ],
    ["the asterisks of a masked log", "T: nonempty", { T: "***" }, "a row of asterisks"],
    [
      "an expression that was not evaluated",
      "T: nonempty",
      { T: "${{ secrets.TOKEN }}" },
      "unevaluated workflow expression",
    ],
    ["a variable that was not replaced", "T: nonempty", { T: "$T" }, "the name of a variable"],
    ["a line of a .env file", "T: nonempty", { T: `T=${classic}` }, 'begins with "T="'],
    [
      "a line of an .npmrc",
      "T: npm-token",
      { T: `//registry.npmjs.org/:_authToken=${npm}` },
      "not an npm access token",
    ],
    ["a token of PyPI", "T: npm-token", { T: `pypi-${"AgEIcHlwaS5vcmc".repeat(4)}` }, "not an npm access token"],
    ["a token that npm revoked", "T: npm-token", { T: "00000000-0000-4000-8000-000000000000" }, "npm has revoked"],
    ["a user name with a colon", "P: docker-login username=U", { P: "x", U: "a:b" }, "a colon or white space"],
    ["a token of GitHub for crates.io", "T: crates-token", { T: classic }, "not a token of crates.io"],
    ["an invalid key of cosign", "K: cosign-key", { K: pem }, "not a key of cosign"],
  ])("are found: %s", async (_name, line, env, told) => {
    expect(await check(line, env)).toEqual([expect.stringContaining(told)]);
  });

  test("does not call a token of an unknown registry malformed", async () => {
    const told = await check("T: npm-token", { T: "8f14e45fceea167a5a36dedd4bea2543" });
    expect(told).toEqual([expect.stringMatching(/^warning T unverified: it is not a token of npm's own registry/)]);
  });

  test.each([
    [1796515200, "warning T expires-soon"],
    [1795867200, "error T expired"],
    [-1, "error T expired"],
    [1.7965152e12, undefined],
    ["1796515200", undefined],
  ])("the expiry date %s of a JSON Web Token is checked", async (exp, told) => {
    const found = await check("T: polarsignals-token", { T: jwt(exp) });
    expect(found).toEqual(told === undefined ? [] : [expect.stringContaining(told)]);
  });

  test("an impossible expiry date in a JSON Web Token does not crash", async () => {
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
