import { generateKeyPairSync } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { describeWith } from "../../parts.ts";
import type { Job, StepResult } from "../../runner/job.ts";
import { runAction } from "../../runner/run-action.ts";
import { oidcEnv, startAccounts } from "../../stand-in/accounts.ts";
import { type IdentityOptions, makeIdentity, openssl, type SigningIdentity } from "../../stand-in/apple/identity.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const NPM_TOKEN = `npm_${"a1".repeat(18)}`;
const CLASSIC_TOKEN = `ghp_${"b2".repeat(18)}`;
const FINE_TOKEN = `github_pat_${"C".repeat(22)}_${"d".repeat(59)}`;

const accounts = await startAccounts();
afterAll(() => accounts.close());
beforeEach(() => {
  accounts.requests.length = 0;
  accounts.instead.length = 0;
  accounts.github.clear();
  accounts.npm.clear();
  accounts.docker.clear();
  accounts.apps.clear();
  accounts.grants.clear();
  accounts.trusted.clear();
  accounts.packages.clear();
});

interface Case {
  readonly expect?: string;
  readonly env?: Record<string, string>;
  readonly online?: boolean;
  readonly workflows?: Record<string, string>;
  readonly event?: { readonly name: string; readonly payload: unknown };
  readonly actor?: string;
}

async function check({
  expect: lines,
  env = {},
  online = false,
  workflows = {},
  event,
  actor = "dev",
}: Case): Promise<StepResult> {
  const prepare = async (job: Job): Promise<void> => {
    await writeFile(job.file("../event.json"), JSON.stringify(event?.payload ?? {}));
    if (Object.keys(workflows).length === 0) return;
    const folder = job.file(".github/workflows");
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(workflows)) await writeFile(path.join(folder, name), text);
  };
  const facts = {
    GITHUB_API_URL: accounts.origin,
    GITHUB_SERVER_URL: accounts.origin,
    GITHUB_REPOSITORY: "org/product",
    GITHUB_EVENT_NAME: event?.name ?? "push",
    GITHUB_ACTOR: actor,
  };
  const services = { "npm-registry": accounts.origin, "docker-auth": accounts.origin };
  const inputs = { ...(lines === undefined ? {} : { expect: lines }), online: String(online), ...services };
  return (await runAction("secrets-check", { env: facts, prepare, step: { inputs, env } })).main;
}

/** `NAME problem` of each finding. */
function problems(step: StepResult): string[] {
  const findings: readonly { name: string; problem: string }[] = JSON.parse(step.outputs["findings"] ?? "[]");
  return findings.map(({ name, problem }) => `${name} ${problem}`);
}

const ALL = `CODESIGN_CERTIFICATE: p12 password=CODESIGN_CERTIFICATE_PASSWORD identity=CODESIGN_IDENTITY
NOTARY_APPLE_ID: nonempty
NOTARY_APP_SPECIFIC_PASSWORD: apple-app-password
NPM_TOKEN: npm-token
HOMEBREW_TAP_TOKEN: github-token
PARCA_TOKEN: polarsignals-token
DOCKER_PASSWORD: docker-login username=DOCKER_USERNAME`;

describe("secrets-check", () => {
  test("requires nothing of an empty repository", async () => {
    const step = await check({ online: true });
    expect([step.conclusion, step.outputs["ok"], problems(step)]).toEqual(["success", "true", []]);
  });

  test("reports everything that is missing or empty at once", async () => {
    const step = await check({
      expect: ALL,
      env: { NPM_TOKEN: "", HOMEBREW_TAP_TOKEN: " \n", DOCKER_PASSWORD: "secret-password" },
    });
    expect(step.conclusion).toBe("failure");
    expect(step.outputs["ok"]).toBe("false");
    expect(problems(step)).toEqual([
      "CODESIGN_CERTIFICATE missing",
      "CODESIGN_CERTIFICATE_PASSWORD missing",
      "CODESIGN_IDENTITY missing",
      "NOTARY_APPLE_ID missing",
      "NOTARY_APP_SPECIFIC_PASSWORD missing",
      "NPM_TOKEN empty",
      "HOMEBREW_TAP_TOKEN empty",
      "PARCA_TOKEN missing",
      "DOCKER_USERNAME missing",
    ]);
    expect(step.annotations.length).toBeGreaterThan(9);
    expect(step.summary).toMatch(/\| `NPM_TOKEN` \| it is empty[^|]*\| Set it under [^|]*\|/);
    expect(step.summary).toMatch(/\| `PARCA_TOKEN` \| this step did not[^|]*\| If it is not needed, remove it from/);
  });

  test.each([
    ["a token without its prefix", "T: npm-token", "0123-4567"],
    ["a token with a line feed", "T: npm-token", `${NPM_TOKEN}\n`],
    ["a token in quotes", "T: github-token", `"${CLASSIC_TOKEN}"`],
    ["a truncated token", "T: github-token", CLASSIC_TOKEN.slice(0, -5)],
    ["a truncated fine-grained token", "T: github-token", FINE_TOKEN.slice(0, -5)],
    ["the account's password", "T: apple-app-password", "hunter2hunter2"],
    ["an app password in capitals", "T: apple-app-password", "ABCD-EFGH-IJKL-MNOP"],
    ["a public key", "T: apple-api-key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
    ["words", "T: polarsignals-token", "please ask ops"],
    ["a value that is not base64", "T: p12 password=PASSWORD", "%PDF-1.4"],
    ["base64 of something else", "T: p12 password=PASSWORD", "aGVsbG8gd29ybGQ="],
  ])("finds malformed: %s", async (_case, line, value) => {
    const step = await check({ expect: line, env: { T: value, PASSWORD: "some-password" } });
    expect(problems(step)).toEqual(["T malformed"]);
    expect(step.conclusion).toBe("failure");
    expect(JSON.stringify([step.log, step.annotations, step.outputs, step.summary])).not.toContain(value.trim());
  });

  test("passes well-formed secrets", async () => {
    const jwt = `e30.${Buffer.from(JSON.stringify({ exp: 4e9 })).toString("base64url")}.sig`;
    const step = await check({
      expect:
        "A: npm-token\nB: github-token\nC: github-token\nD: apple-app-password\nE: polarsignals-token\nF: nonempty\nG: docker-login username=U",
      env: {
        A: NPM_TOKEN,
        B: CLASSIC_TOKEN,
        C: FINE_TOKEN,
        D: "abcd-efgh-ijkl-mnop",
        E: jwt,
        F: "x",
        G: "p w",
        U: "user",
      },
    });
    expect([step.conclusion, step.outputs["ok"], problems(step)]).toEqual(["success", "true", []]);
  });

  test("finds a token that has expired, or expires soon", async () => {
    const jwt = (seconds: number): string =>
      `e30.${Buffer.from(JSON.stringify({ exp: seconds })).toString("base64url")}.sig`;
    const soon = Math.floor(Date.now() / 1000) + 5 * 86_400;
    const step = await check({
      expect: "A: polarsignals-token\nB: polarsignals-token",
      env: { A: jwt(1e9), B: jwt(soon) },
    });
    expect(problems(step)).toEqual(["A expired", "B expires-soon"]);
    expect((await check({ expect: "B: polarsignals-token", env: { B: jwt(soon) } })).conclusion).toBe("success");
  });

  test.each([
    ["an unknown kind", "T: npm", '"npm" is not a known kind, expected one of p12'],
    ["no kind", "T", "expected NAME: kind"],
    [
      "an unknown option",
      "T: p12 pasword=X",
      '"pasword=X" is not an option of p12, expected password=..., identity=...',
    ],
    ["a login without a user", "T: docker-login", "docker-login needs username=NAME"],
    ["a name twice", "T: nonempty\nT: nonempty", "T is expected twice"],
  ])("refuses %s in its input", async (_case, lines, message) => {
    const step = await check({ expect: lines });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toContain(message);
  });
});

describe("secrets-check where there are no secrets", () => {
  const pull = (repository: string) => ({
    name: "pull_request",
    payload: { pull_request: { head: { repo: { full_name: repository } } } },
  });

  test("passes on the pull request of a fork and of Dependabot, and says so", async () => {
    const fork = await check({ event: pull("stranger/product") });
    expect([fork.conclusion, fork.outputs["ok"]]).toEqual(["success", "skipped"]);
    const bot = await check({ event: pull("org/product"), actor: "dependabot[bot]" });
    expect([bot.conclusion, bot.outputs["ok"]]).toEqual(["success", "skipped"]);
  });

  test("fails on a pull request from the repository itself", async () => {
    const event = pull("org/product");
    expect((await check({ expect: "A: nonempty", event })).conclusion).toBe("failure");
  });
});

describe("secrets-check online", () => {
  test("passes secrets that every service accepts", async () => {
    accounts.npm.add(NPM_TOKEN);
    accounts.github.set(CLASSIC_TOKEN, { scopes: "repo, workflow" });
    accounts.github.set(FINE_TOKEN, { pushes: ["org/homebrew-tap"] });
    accounts.docker.add("user:pass word");
    const step = await check({
      expect:
        "A: npm-token\nB: github-token scopes=public_repo+workflow\nC: github-token repository=org/homebrew-tap\nD: docker-login username=U",
      env: { A: NPM_TOKEN, B: CLASSIC_TOKEN, C: FINE_TOKEN, D: "pass word", U: "user" },
      online: true,
    });
    expect([step.conclusion, problems(step)]).toEqual(["success", []]);
    expect(accounts.requests.sort()).toEqual([
      "GET /-/whoami",
      "GET /org/homebrew-tap.git/info/refs",
      "GET /repos/org/homebrew-tap",
      "GET /token",
      "GET /user",
      "GET /user",
    ]);
  });

  test.each([
    ["a revoked npm token", "T: npm-token", NPM_TOKEN, "T rejected"],
    ["a revoked GitHub token", "T: github-token", CLASSIC_TOKEN, "T rejected"],
    ["a wrong password", "T: docker-login username=U", "wrong", "T rejected"],
  ])("finds %s", async (_case, line, value, problem) => {
    expect(problems(await check({ expect: line, env: { T: value, U: "user" }, online: true }))).toEqual([problem]);
  });

  test("finds a token that lacks a scope, cannot see or push to a repository, or does not say what it may do", async () => {
    accounts.github.set(CLASSIC_TOKEN, { scopes: "read:org", pushes: [] });
    accounts.github.set(FINE_TOKEN, {});
    const env = { T: CLASSIC_TOKEN };
    const scope = await check({ expect: "T: github-token scopes=repo", env, online: true });
    expect(problems(scope)).toEqual(["T wrong-scope"]);
    expect(problems(await check({ expect: "T: github-token repository=org/tap", env, online: true }))).toEqual([
      "T wrong-scope",
    ]);
    const fine = { T: FINE_TOKEN };
    expect(problems(await check({ expect: "T: github-token repository=org/tap", env: fine, online: true }))).toEqual([
      "T wrong-scope",
    ]);
    expect(problems(await check({ expect: "T: github-token scopes=repo", env: fine, online: true }))).toEqual([
      "T unverified",
    ]);
  });

  test("finds a login that may pull but not push, at Docker Hub and elsewhere", async () => {
    accounts.docker.add("user:pw");
    accounts.grants.set("user:pw acme/app", ["pull"]);
    const registry = accounts.origin.replace("http://", "");
    for (const where of ["", ` registry=${registry}`]) {
      const login = (name: string) =>
        check({
          expect: `T: docker-login username=U repository=${name}${where}`,
          env: { T: "pw", U: "user" },
          online: true,
        });
      expect(problems(await login("acme/app"))).toEqual(["T wrong-scope"]);
      expect(problems(await login("acme/other"))).toEqual([]);
    }
  });

  test("finds a token that may only read a repository to which its owner may write", async () => {
    accounts.github.set(FINE_TOKEN, { pushes: ["org/tap"], readOnly: true });
    const step = await check({ expect: "T: github-token repository=org/tap", env: { T: FINE_TOKEN }, online: true });
    expect(problems(step)).toEqual(["T wrong-scope"]);
  });

  test("finds an App whose id and key differ, that is not installed, or lacks a permission", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    accounts.apps.set("123", { publicKey, installations: { "org/tap": { contents: "write", metadata: "read" } } });
    const pem = String(privateKey.export({ type: "pkcs1", format: "pem" }));
    const app = (options: string, id = "123") =>
      check({ expect: `K: github-app-key app-id=ID ${options}`.trim(), env: { K: pem, ID: id }, online: true });
    expect(problems(await app("repository=org/tap permissions=contents:write"))).toEqual([]);
    expect(problems(await app("", "124"))).toEqual(["K rejected"]);
    expect(problems(await app("repository=org/other"))).toEqual(["K wrong-scope"]);
    expect(problems(await app("repository=org/tap permissions=pull-requests:write"))).toEqual(["K wrong-scope"]);
  }, 90_000);

  test("does not show a token of another registry to npm's", async () => {
    const step = await check({ expect: "T: npm-token", env: { T: CLASSIC_TOKEN }, online: true });
    expect([step.conclusion, problems(step), accounts.requests]).toEqual(["success", ["T unverified"], []]);
  });

  test("warns of a token that expires soon", async () => {
    const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().replace("T", " ").replace(/\..*/, " UTC");
    accounts.github.set(CLASSIC_TOKEN, { scopes: "repo", expires: soon });
    const step = await check({ expect: "T: github-token", env: { T: CLASSIC_TOKEN }, online: true });
    expect([step.conclusion, problems(step)]).toEqual(["success", ["T expires-soon"]]);
  });

  test("retries after an outage, and reports a secret as unverified, not as passed, when the service does not answer", async () => {
    accounts.npm.add(NPM_TOKEN);
    accounts.instead.push({ status: 503 });
    const ask = () => check({ expect: "T: npm-token", env: { T: NPM_TOKEN }, online: true });
    expect((await ask()).conclusion).toBe("success");
    accounts.instead.push({ status: 503 }, { status: 429 }, { status: 500 });
    const step = await ask();
    expect([step.conclusion, problems(step)]).toEqual(["failure", ["T unverified"]]);
  });

  test("does not send a secret to the target of a redirect (F16)", async () => {
    accounts.instead.push({ status: 302, headers: { location: `${accounts.origin}/elsewhere` } });
    expect(problems(await check({ expect: "T: npm-token", env: { T: NPM_TOKEN }, online: true }))).toEqual([
      "T unverified",
    ]);
    expect(accounts.requests).toEqual(["GET /-/whoami"]);
  });

  test("finds out whether a package trusts the workflow (F107), and whether the job may ask at all", async () => {
    accounts.trusted.add("@org/cli");
    accounts.packages.add("other");
    const env = oidcEnv(accounts);
    const good = await check({ expect: "npm: npm-oidc package=@org/cli", env, online: true });
    expect([good.conclusion, problems(good)]).toEqual(["success", []]);
    expect(good.masks.some((mask) => mask.startsWith("identity-for-npm:"))).toBe(true);
    expect(problems(await check({ expect: "npm: npm-oidc package=other", env, online: true }))).toEqual([
      "npm cannot-publish",
    ]);
    expect(problems(await check({ expect: "npm: npm-oidc" }))).toEqual(["npm missing"]);
    const absent = await check({ expect: "npm: npm-oidc package=@org/cli,absent", env, online: true });
    expect([problems(absent), absent.log]).toEqual([
      ["npm cannot-publish"],
      expect.stringContaining("absent does not exist: a trusted publisher cannot create a package"),
    ]);
    const elsewhere = "npm: npm-oidc package=@org/cli environment=release";
    const cannotTell = await check({ expect: elsewhere, env, online: true });
    expect([cannotTell.conclusion, problems(cannotTell)]).toEqual(["success", ["npm unverified"]]);
  });

  test("without a list, checks the jobs that publish to npm with their identity", async () => {
    const job = (more: string): string => `on: push
jobs:
  npm:
    permissions: { id-token: write }
    uses: org/actions/.github/workflows/release-npm.yml@v1
    with:
      packages: |
        - package: "@org/cli"
          fields: { license: MIT, repository: "${accounts.origin}/Org/product" }
        - package: "@org/other"
${more}`;
    accounts.trusted.add("@org/cli");
    const env = oidcEnv(accounts);
    const step = await check({ workflows: { "release.yml": job("") }, env, online: true });
    expect([step.conclusion, problems(step)]).toEqual(["failure", ["npm cannot-publish", "npm cannot-publish"]]);
    expect(step.log).toContain("only the capitals differ, but npm compares them too");
    expect(step.log).toContain("@org/other does not exist");
    const withToken = job("    secrets: { NPM_TOKEN: '${{ secrets.NPM_TOKEN }}' }\n");
    expect(problems(await check({ workflows: { "release.yml": withToken }, env, online: true }))).toEqual([]);
  });
});

describe("secrets-check beside workflows", () => {
  const release = `on:
  workflow_call:
    secrets:
      parca: {}
env: { GH: "\${{ secrets.GITHUB_TOKEN }}" }
jobs:
  a:
    runs-on: x
    if: secrets.npm_token != ''
    steps:
      - run: echo "secrets.IN_A_SCRIPT # \${{ 'secrets.IN_A_TEXT' }}"
        env: { A: "\${{ secrets.parca }}", B: "\${{ format('{0}', secrets['DOCKER_PASSWORD']) }}", C: "\${{ secrets.DOCKER_USERNAME }}" }
`;

  test("warns of a secret that is expected but not used, and of one that is used but not expected", async () => {
    const step = await check({
      expect: "NPM_TOKEN: npm-token\nOLD: nonempty",
      env: { NPM_TOKEN, OLD: "x" },
      workflows: { "release.yml": release },
    });
    expect(step.conclusion).toBe("success");
    expect(problems(step)).toEqual(["OLD unused", "DOCKER_PASSWORD unexpected", "DOCKER_USERNAME unexpected"]);
  });

  test("takes the list from the workflows with `auto`", async () => {
    const step = await check({
      expect: "auto",
      env: { NPM_TOKEN: "not-a-token", DOCKER_PASSWORD: "pass-word" },
      workflows: { "release.yml": release },
    });
    expect(problems(step)).toEqual(["NPM_TOKEN malformed"]);
    expect(step.log).toContain("DOCKER_USERNAME is not checked: this step did not receive it");
  });

  test("does not report unused secrets when a job inherits all secrets", async () => {
    const caller = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    secrets: inherit\n";
    const step = await check({ expect: "OLD: nonempty", env: { OLD: "x" }, workflows: { "caller.yml": caller } });
    expect(problems(step)).toEqual([]);
  });
});

describeWith(["openssl"], "secrets-check with a certificate", () => {
  const folder = temporaryFolder();
  const identities = new Map<string, SigningIdentity>();
  beforeAll(async () => {
    const variants: [string, IdentityOptions][] = [
      ["good", {}],
      ["legacy", { legacyP12: true }],
      ["soon", { days: 7 }],
      ["expired", { days: -1 }],
    ];
    for (const [name, options] of variants) identities.set(name, await makeIdentity(path.join(folder, name), options));
  }, 60_000);

  const expectation = "CERT: p12 password=PASSWORD identity=IDENTITY";
  async function checkCertificate(name: string, env: Record<string, string> = {}): Promise<StepResult> {
    const identity = identities.get(name);
    if (identity === undefined) throw new Error(name);
    const CERT = (await readFile(identity.p12)).toString("base64");
    return check({
      expect: expectation,
      env: { CERT, PASSWORD: identity.password, IDENTITY: identity.commonName, ...env },
    });
  }

  test.each([
    ["by name", "good", {}],
    ["exported by Keychain Access, with RC2 and triple DES", "legacy", {}],
    ["by team", "good", { IDENTITY: "TEAMID1234" }],
    ["by a part of the name", "good", { IDENTITY: "Developer ID Application" }],
  ])("passes a certificate that is named %s", async (_case, name, env) => {
    const step = await checkCertificate(name, env);
    expect([step.conclusion, problems(step)]).toEqual(["success", []]);
  });

  test("says how to name the password when the file has one, and when it has none", async () => {
    const said = (step: StepResult): string => step.annotations.map(({ message }) => message).join("\n");
    const CERT = (await readFile(identities.get("good")?.p12 ?? "")).toString("base64");
    const unnamed = await check({ expect: "CERT: p12", env: { CERT } });
    expect(said(unnamed)).toMatch(/it is protected by a password: name the secret that has it, as `password=NAME`/);
    const empty = await checkCertificate("good", { PASSWORD: "" });
    expect(said(empty)).toMatch(/it is empty: .*; for a file without a password, remove `password=`/);
  });

  test.each([
    ["a wrong password", "good", { PASSWORD: "other" }, "CERT wrong-password"],
    ["another team", "good", { IDENTITY: "TEAMID9999" }, "CERT wrong-team"],
    ["an expiry date in the past", "expired", {}, "CERT expired"],
    ["an expiry date soon", "soon", {}, "CERT expires-soon"],
    ["only half of its bytes", "good", { CERT: "MIIKAgIBAzCCCbgGCSqGSIb3" }, "CERT malformed"],
  ])("finds a certificate with %s", async (_case, name, env, problem) => {
    expect(problems(await checkCertificate(name, env))).toEqual([problem]);
  });

  test("finds a file without a private key", async () => {
    const place = identities.get("good")?.folder ?? "";
    await openssl(place, "pkcs12 -export -nokeys -in leaf.pem -out nokey.p12 -passout file:password");
    const CERT = (await readFile(path.join(place, "nokey.p12"))).toString("base64");
    const step = await checkCertificate("good", { CERT });
    expect(problems(step)).toEqual(["CERT malformed"]);
    expect(step.annotations[0]?.message).toContain("it holds no private key");
  });
});
