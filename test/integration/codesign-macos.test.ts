import { existsSync } from "node:fs";
import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { checkSigning } from "@release-actions/macho";
import { readAuthorities } from "@release-actions/macos-product";
import { describeWith } from "../parts.ts";
import type { StepOptions, StepResult } from "../runner/job.ts";
import { openssl, type SigningIdentity } from "../stand-in/apple/identity.ts";
import { Mac } from "../stand-in/apple/mac.ts";
import { makeFatBinary } from "../stand-in/apple/mac-binary.ts";
import { useSigningBench } from "../stand-in/apple/signing-bench.ts";
import { WORKSHOP_TOOLS } from "../stand-in/apple/workshop.ts";

const TEAM = "TEAMID1234";

describeWith(WORKSHOP_TOOLS, "codesign-macos", () => {
  const bench = useSigningBench();

  const p12 = async (identity: SigningIdentity): Promise<string> => (await readFile(identity.p12)).toString("base64");
  const sign = async (
    inputs: Record<string, string> = {},
    options: Pick<StepOptions, "env" | "stop"> & { identity?: SigningIdentity } = {},
  ): Promise<StepResult> => {
    const { identity = bench.workshop.identity, ...rest } = options;
    const secrets = { certificate: await p12(identity), "certificate-password": identity.password };
    const given = {
      path: "tool",
      "team-id": TEAM,
      timestamp: bench.workshop.timestamps.url,
      authorities: bench.workshop.authorities.join("\n"),
      ...secrets,
      ...inputs,
    };
    return await bench.job.step("codesign-macos", { inputs: given, ...rest });
  };
  const findings = async (file: string): Promise<string[]> => {
    const authorities = await readAuthorities(bench.workshop.authorities);
    const report = await checkSigning(await readFile(bench.job.file(file)), {
      teamId: TEAM,
      authorities,
    });
    return report.findings.map(({ code }) => code);
  };
  const messages = (result: StepResult): string => result.annotations.map(({ message }) => message).join("\n");
  const leftovers = async (): Promise<string[]> =>
    [...(await readdir(bench.job.temp)), ...(await readdir(bench.job.workspace))].filter((name) =>
      name.includes("codesign-macos"),
    );

  test("signs thin and universal files for notarization with rcodesign", async () => {
    await cp(await makeFatBinary([bench.amd64, bench.arm64], bench.workshop.fresh()), bench.job.file("universal"));
    const result = await sign({ path: "tool\nuniversal", identifier: "com.example.tool" });
    expect([messages(result), result.conclusion]).toEqual(["", "success"]);
    expect([await findings("tool"), await findings("universal")]).toEqual([[], []]);
    expect(JSON.parse(result.outputs["files"] ?? "")).toEqual([
      {
        file: "tool",
        architecture: "arm64",
        identifier: "com.example.tool",
        cdhash: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
      {
        file: "universal",
        architecture: "x86_64",
        identifier: "com.example.tool",
        cdhash: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
      {
        file: "universal",
        architecture: "arm64",
        identifier: "com.example.tool",
        cdhash: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    ]);
    expect(result.outputs).toMatchObject({
      certificate: bench.workshop.identity.commonName,
      "team-id": TEAM,
      expires: expect.stringMatching(/^20\d\d-/),
    });
    expect((await stat(bench.job.file("tool"))).mode & 0o777).toBe(0o755);
    expect(await leftovers()).toEqual([]);
  });

  test("opens a .p12 with the old encryption too", async () => {
    const identity = await bench.workshop.otherIdentity("legacy", { legacyP12: true });
    const result = await sign({}, { identity });
    expect([messages(result), await findings("tool")]).toEqual(["", []]);
  });

  test("keeps password and key out of the log, outputs and summary (F109)", async () => {
    const result = await sign();
    const key = (await readFile(bench.workshop.identity.key, "utf8")).split("\n")[1] ?? "";
    for (const secret of [bench.workshop.identity.password, key, (await p12(bench.workshop.identity)).slice(0, 40)]) {
      expect(result.log + JSON.stringify(result.outputs) + result.summary).not.toContain(secret);
    }
  });

  test("signs with entitlements, and without a timestamp when told so", async () => {
    const entitlements = `<plist version="1.0"><dict><key>com.apple.security.cs.allow-jit</key><true/></dict></plist>`;
    await writeFile(bench.job.file("app.entitlements"), entitlements);
    const result = await sign({ entitlements: "app.entitlements", timestamp: "none" });
    expect([messages(result), await findings("tool")]).toEqual(["", ["no-timestamp"]]);
    const report = await checkSigning(await readFile(bench.job.file("tool")));
    expect(report.images[0]?.signature?.entitlements.xml).toEqual(new Map([["com.apple.security.cs.allow-jit", true]]));
  });

  test("warns of a certificate that expires soon", async () => {
    const result = await sign({}, { identity: await bench.workshop.otherIdentity("soon", { days: 10 }) });
    expect(result.conclusion).toBe("success");
    expect(result.annotations).toEqual([
      expect.objectContaining({ level: "warning", message: expect.stringMatching(/expires on .*, in (9|10) days/) }),
    ]);
  });

  const certificateOnly = async (): Promise<string> => {
    const { folder } = bench.workshop.identity;
    await openssl(folder, "pkcs12 -export -nokeys -in leaf.pem -out no-key.p12 -passout file:password");
    return (await readFile(path.join(folder, "no-key.p12"))).toString("base64");
  };

  const refusals: readonly [title: string, inputs: () => Promise<Record<string, string>>, message: RegExp][] = [
    [
      "a wrong password",
      async () => ({ "certificate-password": "not-the-password" }),
      /`certificate-password` cannot be used: the password does not open it/,
    ],
    [
      "an empty certificate (misleads 20)",
      async () => ({ certificate: "" }),
      /input `certificate` is required and was not given, or is empty/,
    ],
    [
      "a certificate that is not base64",
      async () => ({ certificate: "-----BEGIN CERTIFICATE-----" }),
      /`certificate` cannot be used: it is a certificate in PEM/,
    ],
    [
      "base64 of something else",
      async () => ({ certificate: Buffer.from("hello, this is not a p12").toString("base64") }),
      /it is not a PKCS #12 file/,
    ],
    [
      "a .p12 that is truncated",
      async () => ({ certificate: (await p12(bench.workshop.identity)).slice(0, 400) }),
      /it is not a PKCS #12 file/,
    ],
    ["a .p12 without its key", async () => ({ certificate: await certificateOnly() }), /holds no private key/],
    [
      "a certificate that has expired",
      async () => ({ certificate: await p12(await bench.workshop.otherIdentity("expired", { days: -1 })) }),
      /expired on 20/,
    ],
    [
      "a certificate for development",
      async () => ({
        certificate: await p12(
          await bench.workshop.otherIdentity("development", { marker: "1.2.840.113635.100.6.1.12" }),
        ),
      }),
      /is a Mac Development certificate/,
    ],
    ["another team", async () => ({ "team-id": "OTHERTEAM1" }), /belongs to the team TEAMID1234, expected OTHERTEAM1/],
    [
      "another identity",
      async () => ({ identity: "Developer ID Application: Somebody" }),
      /but `identity` asks for "Developer ID Application: Somebody"/,
    ],
    ["an archive", async () => ({ path: "tool.zip" }), /matches no file|is a zip/],
    ["an option that does not exist", async () => ({ options: "harden" }), /rcodesign .*failed/],
    [
      "a timestamp server that cannot be reached",
      async () => ({ timestamp: "http://127.0.0.1:9/" }),
      /rcodesign .*failed/,
    ],
  ];

  test.each(refusals)("refuses %s, and leaves the file as it was", async (_title, inputs, message) => {
    const result = await sign(await inputs());
    expect(result.conclusion).toBe("failure");
    expect(messages(result)).toMatch(message);
    expect((await readFile(bench.job.file("tool"))).equals(await readFile(bench.arm64))).toBe(true);
    expect(await leftovers()).toEqual([]);
    expect(result.log).not.toContain(bench.workshop.identity.password);
  });

  describeMac("with Apple's codesign");

  function describeMac(title: string): void {
    const open = (): Promise<Mac> => {
      const { key, certificate, authorityDer } = bench.workshop.identity;
      return Mac.open({ signing: { key, certificate, authorityDer, timestampUrl: bench.workshop.timestamps.url } });
    };
    const codesign = { backend: "codesign", timestamp: "http://timestamp.apple.com/ts01" };
    const LOGIN = "/Users/runner/Library/Keychains/login.keychain-db";

    test(`${title}: uses a keychain of its own, which exists and is in the search list only while it signs`, async () => {
      await using mac = await open();
      const result = await sign(codesign, { env: mac.env });
      expect([messages(result), result.conclusion, await findings("tool")]).toEqual(["", "success", []]);
      const lists = (await mac.calls())
        .filter(({ args }) => args[0] === "list-keychains" && args.includes("-s"))
        .map(({ args }) => args.slice(4));
      const keychain = lists[0]?.[0] ?? "";
      expect(lists).toEqual([[expect.stringMatching(/codesign\.keychain-db$/), LOGIN], [LOGIN]]);
      expect([existsSync(keychain), await mac.searchList(), await leftovers()]).toEqual([false, [LOGIN], []]);
      const [post] = await bench.job.post();
      expect(post?.conclusion).toBe("success");
    });

    test(`${title}: no secret is on a command line`, async () => {
      await using mac = await open();
      await sign(codesign, { env: mac.env });
      const calls = await mac.calls();
      const stdin = calls.map((call) => call.stdin).join("\n");
      const secrets = [
        bench.workshop.identity.password,
        ...[...stdin.matchAll(/-[pPk] ([0-9a-f]{48})/g)].map(([, secret = ""]) => secret),
      ];
      expect(secrets.length).toBeGreaterThan(3);
      for (const secret of secrets) expect(await mac.argv()).not.toContain(secret);
    });

    test(`${title}: codesign gets the values of the inputs`, async () => {
      await using mac = await open();
      await sign({ ...codesign, identifier: "com.example.tool", options: "runtime, library" }, { env: mac.env });
      const [call] = (await mac.calls()).filter(({ program }) => program === "codesign");
      expect(call?.args.join(" ")).toMatch(
        /^--force --sign [0-9A-F]{40} --keychain \S+ --options runtime,library --identifier com\.example\.tool --timestamp \S+\/tool$/,
      );
    });

    test(`${title}: the post step removes what a killed step left (F85)`, async () => {
      await using mac = await open();
      await sign(codesign, { env: mac.env, stop: { when: /\[command\]codesign/, by: "SIGKILL" } });
      const keychain = (await mac.searchList())[0] ?? "";
      expect([existsSync(keychain), (await leftovers()).length]).toEqual([true, 2]);
      const [post] = await bench.job.post();
      expect([post?.conclusion, existsSync(keychain), await mac.searchList(), await leftovers()]).toEqual([
        "success",
        false,
        [LOGIN],
        [],
      ]);
    });

    test(`${title}: a cancelled step leaves nothing (F84)`, async () => {
      await using mac = await open();
      const result = await sign(codesign, { env: mac.env, stop: { when: /\[command\]codesign/ } });
      expect(result.conclusion).toBe("cancelled");
      expect([await mac.searchList(), await leftovers()]).toEqual([[LOGIN], []]);
    });
  }
});
