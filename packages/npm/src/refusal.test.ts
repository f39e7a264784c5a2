import { describe, expect, test } from "@jest/globals";
import { explainRefusal, type NpmFailure, type RefusalKind, type RefusedRequest, trustAdvice } from "./refusal.ts";

const request = (change: Partial<RefusedRequest> = {}): RefusedRequest => ({
  name: "@acme/widget",
  version: "1.2.3",
  action: "publish",
  credential: "token",
  exists: true,
  ...change,
});
const PUT = "PUT https://registry.example/@acme%2fwidget -";
const identity = { credential: "identity" } as const;

describe("explainRefusal", () => {
  test.each<[what: string, failure: NpmFailure, change: Partial<RefusedRequest>, kind: RefusalKind, words: RegExp]>([
    [
      "a publisher that may only stage",
      { code: "E403", summary: `403 Forbidden - ${PUT} OIDC permission denied for this action` },
      identity,
      "must-stage",
      /tick "Allow npm publish" .*of @acme\/widget/,
    ],
    [
      "a publisher that may not even stage",
      {
        code: "E403",
        summary:
          "403 Forbidden - POST https://registry.example/-/stage/package/w - OIDC permission denied for this action",
      },
      { ...identity, action: "stage" },
      "final",
      /Tick "Allow npm stage publish"/,
    ],
    [
      "a token that may only stage",
      { code: "E403", summary: `403 Forbidden - ${PUT} E_STAGE_REQUIRED: run npm stage publish` },
      {},
      "must-stage",
      /the token may do that/,
    ],
    [
      "a one-time password",
      { code: "EOTP", summary: "This operation requires a one-time password." },
      {},
      "must-stage",
      /until January 2027 only/,
    ],
    [
      "a one-time password at a first publication",
      { code: "EOTP", summary: "This operation requires a one-time password." },
      { exists: false },
      "must-stage",
      /placeholder 0\.0\.0-stage/,
    ],
    [
      "a one-time password for a dist-tag",
      { code: "EOTP", summary: "This operation requires a one-time password." },
      { action: "dist-tag" },
      "final",
      /npm dist-tag add/,
    ],
    [
      "a version that is staged",
      { code: "E409", summary: `409 Conflict - ${PUT} Cannot publish over previously staged version "1.2.3".` },
      { stageId: "1b4e" },
      "staged-before",
      /npm stage approve 1b4e/,
    ],
    [
      "a staged version that is staged again",
      {
        code: "E409",
        summary:
          '409 Conflict - POST https://registry.example/-/stage/package/w - Cannot stage previously published version "1.2.3"',
      },
      { action: "stage" },
      "staged-before",
      /npm stage list @acme\/widget/,
    ],
    [
      "a version that is public",
      {
        code: "E403",
        summary: `403 Forbidden - ${PUT} You cannot publish over the previously published versions: 1.2.3.`,
      },
      {},
      "published-before",
      /raise the version/,
    ],
    [
      "a public version that npm itself detects",
      { code: "", summary: "You cannot publish over the previously published versions: 1.2.3." },
      {},
      "published-before",
      /raise the version/,
    ],
    [
      "two writers at once",
      { code: "E409", summary: "409 Conflict - Failed to save packument" },
      {},
      "transient",
      /^$/,
    ],
    ["a busy registry", { code: "E429", summary: "429 Too Many Requests" }, {}, "transient", /^$/],
    ["a broken connection", { code: "ECONNRESET", summary: "read ECONNRESET" }, {}, "transient", /^$/],
    [
      "the spam filter",
      {
        code: "E403",
        summary: `403 Forbidden - ${PUT} Package name triggered spam detection; if you believe this is in error, please contact support`,
      },
      {},
      "final",
      /`platform-name`/,
    ],
    [
      "provenance of another repository",
      {
        code: "E422",
        summary:
          'Error verifying sigstore provenance bundle: Failed to validate repository information: package.json: "repository.url" is "git+https://github.com/acme/widget.git"',
      },
      identity,
      "final",
      /capitals too/,
    ],
    [
      "no trusted publisher that matches",
      { code: "E404", summary: `404 Not Found - ${PUT} Not found` },
      { ...identity, workflow: "Acme/widget/.github/workflows/release.yml@refs/tags/v1" },
      "final",
      /owner `Acme`, repository `widget`, workflow `release.yml`/,
    ],
    [
      "no login at all",
      { code: "ENEEDAUTH", summary: "This command requires you to be logged in" },
      identity,
      "final",
      /Capitals count/,
    ],
    [
      "a new name, which staging cannot create",
      { code: "E404", summary: "404 Not Found - POST https://registry.example/-/stage/package/w" },
      { action: "stage", exists: false },
      "final",
      /maintainer publish @acme\/widget once/,
    ],
    [
      "a token without write access",
      { code: "E404", summary: `404 Not Found - ${PUT} Not found` },
      {},
      "final",
      /404 and not 403/,
    ],
    [
      "a token that expired",
      { code: "E401", summary: "Unable to authenticate" },
      {},
      "final",
      /until January 2027 only/,
    ],
    [
      "a package that no token may publish",
      { code: "E403", summary: `403 Forbidden - ${PUT} You may not perform that action` },
      {},
      "final",
      /disallow tokens/,
    ],
    [
      "an npm without `npm stage`",
      { code: "", summary: 'Unknown command: "stage"' },
      { action: "stage" },
      "final",
      /11\.15\.0/,
    ],
    ["an unknown message of npm", { code: "E418", summary: "I'm a teapot" }, {}, "final", /^$/],
  ])("explains %s", (_what, failure, change, kind, words) => {
    const found = explainRefusal(failure, request(change));
    expect(found.kind).toBe(kind);
    expect(found.advice ?? "").toMatch(words);
  });

  test("mentions when tokens that bypass two-factor authentication will end, wherever it recommends one", () => {
    for (const code of ["EOTP", "E401", "E403", "E404", "E422", "E409", "ENEEDAUTH"]) {
      for (const credential of ["token", "identity"] as const) {
        const { advice = "" } = explainRefusal({ code, summary: "" }, request({ credential }));
        if (/bypass/.test(advice)) expect(advice).toContain("until January 2027 only");
        expect(advice).not.toMatch(/may go without|automation token/i);
      }
    }
  });
});

test("names a trusted publisher's fields as the registry does, including the environment", () => {
  const workflow = "acme/widget/.github/workflows/release.yml@refs/heads/main";
  expect(trustAdvice(workflow, "npm")).toContain("workflow `release.yml`, environment `npm`");
  expect(trustAdvice(workflow, "")).toContain("no environment");
  expect(trustAdvice(undefined)).toContain("file name of the workflow that was started");
});
