import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { bestCodeDirectory, checkSigning } from "@release-actions/macho";
import { describeWith } from "../../parts.ts";
import { Job, type StepOptions, type StepResult } from "../../runner/job.ts";
import { Mac } from "../../stand-in/apple/mac.ts";
import { NotaryApi } from "../../stand-in/apple/notary-api.ts";
import type { Behaviour } from "../../stand-in/apple/programs/state.ts";
import { WORKSHOP_TOOLS, Workshop } from "../../stand-in/apple/workshop.ts";

jest.setTimeout(120_000);

const PASSWORD = "abcd-efgh-ijkl-mnop";

describeWith(WORKSHOP_TOOLS, "notarize-macos by notarytool", () => {
  let workshop: Workshop;
  let signed: string;
  let accepted: { readonly ticketContents: readonly object[] };
  let mac: Mac;
  let job: Job;

  beforeAll(async () => {
    workshop = await Workshop.open();
    signed = await workshop.sign(await workshop.build("arm64"));
    const { images } = await checkSigning(await readFile(signed));
    accepted = {
      ticketContents: images.map(({ signature }) => ({
        path: "tool",
        cdhash: signature && bestCodeDirectory(signature).cdhash,
      })),
    };
  });
  afterAll(() => workshop[Symbol.asyncDispose]());
  beforeEach(async () => {
    mac = await Mac.open({ password: PASSWORD, log: accepted });
    job = await Job.open();
    await cp(signed, job.file("tool"));
  });
  afterEach(async () => {
    await Promise.all([mac.close(), job.close()]);
  });

  const notarize = (
    inputs: Record<string, string> = {},
    options: Pick<StepOptions, "stop"> = {},
  ): Promise<StepResult> =>
    job.step("notarize-macos", {
      inputs: {
        path: "tool",
        "team-id": "TEAMID1234",
        "apple-id": "ci@example.com",
        "app-specific-password": PASSWORD,
        authorities: workshop.authorities.join("\n"),
        ...inputs,
      },
      env: mac.env,
      ...options,
    });
  const messages = (result: StepResult): string => result.annotations.map(({ message }) => message).join("\n");
  const keychain = async (): Promise<string> => /--keychain (\S+)/.exec(await mac.argv())?.[1] ?? "";

  test("notarizes with an Apple ID whose password is on no command line", async () => {
    const result = await notarize();
    expect([messages(result), result.conclusion, result.outputs["status"]]).toEqual(["", "success", "accepted"]);
    const calls = await mac.calls();
    expect(calls.map(({ program, args }) => [program, ...args.slice(0, 2)].join(" "))).toEqual([
      "xcrun --find notarytool",
      "security -i",
      expect.stringMatching(/^security show-keychain-info/),
      "xcrun notarytool store-credentials",
      "xcrun notarytool submit",
      expect.stringMatching(/^xcrun notarytool/),
      expect.stringMatching(/^xcrun notarytool/),
      expect.stringMatching(/^security delete-keychain/),
    ]);
    expect(await mac.argv()).not.toContain(PASSWORD);
    expect(calls.find(({ args }) => args[1] === "store-credentials")?.stdin).toBe(`${PASSWORD}\n`);
    expect(result.log).not.toContain(PASSWORD);
  });

  test("notarizes with an API key that is on no command line, and leaves no key file", async () => {
    const api = await NotaryApi.open();
    await api.close();
    const result = await notarize({
      ...{ backend: "notarytool", "apple-id": "", "app-specific-password": "" },
      ...{ "api-key": api.privateKey, "api-key-id": api.keyId, "api-issuer": api.issuer },
    });
    expect([messages(result), result.conclusion]).toEqual(["", "success"]);
    const argv = await mac.argv();
    expect(argv).not.toContain(api.privateKey.split("\n")[1]);
    const keyFile = /--key (\S+)/.exec(argv)?.[1] ?? "";
    expect([path.basename(keyFile), existsSync(keyFile)]).toEqual([`AuthKey_${api.keyId}.p8`, false]);
  });

  test("deletes the keychain, whose password was random", async () => {
    await notarize();
    expect(await keychain()).toMatch(/notary\.keychain-db$/);
    expect(existsSync(await keychain())).toBe(false);
    const password = /create-keychain -p ([0-9a-f]{48})/.exec(
      (await mac.calls()).map(({ stdin }) => stdin).join("\n"),
    )?.[1];
    expect(password).toBeDefined();
    expect(await mac.argv()).not.toContain(password);
  });

  test("deletes the keychain in the post step when the main step was killed (F85)", async () => {
    await mac.behave({ password: PASSWORD, statuses: ["In Progress"] });
    await notarize({}, { stop: { when: /: In Progress$/, by: "SIGKILL" } });
    expect(existsSync(await keychain())).toBe(true);
    const [post] = await job.post();
    expect([post?.conclusion, existsSync(await keychain())]).toEqual(["success", false]);
    expect(existsSync(path.dirname(await keychain()))).toBe(false);
  });

  test("deletes the keychain when the job is cancelled (F84)", async () => {
    await mac.behave({ password: PASSWORD, statuses: ["In Progress"] });
    const result = await notarize({}, { stop: { when: /: In Progress$/ } });
    expect([result.conclusion, existsSync(await keychain())]).toEqual(["cancelled", false]);
    expect((await mac.argv()).split("\n").at(-1)).toMatch(/^security delete-keychain/);
  });

  test("decides by the status, not by the exit code, which is 0 for Invalid (F110, misleads 10)", async () => {
    const issue = {
      severity: "error",
      path: "submission.zip/1/tool",
      message: "The binary is not signed.",
      architecture: "arm64",
    };
    await mac.behave({ password: PASSWORD, statuses: ["Invalid"], log: { issues: [issue] } });
    const result = await notarize();
    expect([result.conclusion, result.outputs["status"]]).toEqual(["failure", "invalid"]);
    expect(messages(result)).toMatch(/1\/tool \(arm64\): The binary is not signed\.\nSign every Mach-O file/);
  });

  test("says that the password is wrong, without showing it", async () => {
    const result = await notarize({ "app-specific-password": "wrong-password" });
    expect(result.conclusion).toBe("failure");
    expect(messages(result)).toMatch(/did not accept the credentials:\n.*401.*[\s\S]*app-specific/);
    expect(result.log).not.toContain("wrong-password");
  });

  test("resumes by the id of an earlier run instead of submitting again (F111)", async () => {
    const first = await notarize({ wait: "false", "log-dir": "first" });
    const second = await notarize({ submissions: first.outputs["submissions"] ?? "", "log-dir": "second" });
    expect(second.conclusion).toBe("success");
    expect((await mac.calls()).filter(({ args }) => args[1] === "submit").length).toBe(1);
  });

  test("fails at once when notarytool refuses for good", async () => {
    await mac.behave({
      password: PASSWORD,
      failures: ["Error: HTTP status code: 403. A required agreement is missing or has expired."],
    });
    const result = await notarize();
    expect(messages(result)).toMatch(/submit: notarytool ended with exit code 69:\nError: HTTP status code: 403/);
    expect((await mac.calls()).filter(({ args }) => args[1] === "submit").length).toBe(1);
  });

  test.each<[title: string, behaviour: Behaviour]>([
    [
      "prints other lines and other JSON around its answer",
      { noise: ['objc[1]: {"level":"notice"} x\nWARN {\n', "}\n"] },
    ],
    ["ends with an exit code other than 0 after its answer", { infoExitCode: 1 }],
    ["has no log yet", { missingLogs: 1 }],
    [
      "loses the network while it checks the password",
      { storeFailures: ["Error: The operation couldn’t be completed. (NSURLErrorDomain error -1009.)"] },
    ],
  ])("continues when notarytool %s", async (_title, behaviour) => {
    await mac.behave({ password: PASSWORD, log: accepted, ...behaviour });
    const result = await notarize();
    expect([messages(result), result.conclusion, result.outputs["status"]]).toEqual(["", "success", "accepted"]);
  });

  test("submits again when the account does not know the id, as with the API", async () => {
    const first = await notarize({ wait: "false", "log-dir": "first" });
    const rows: Record<string, unknown>[] = JSON.parse(first.outputs["submissions"] ?? "");
    const unknown = rows.map((row) => ({ ...row, id: "00000000-0000-4000-8000-000000000000" }));
    const result = await notarize({ submissions: JSON.stringify(unknown), "log-dir": "second" });
    expect([result.conclusion, result.outputs["status"]]).toEqual(["success", "accepted"]);
    expect((await mac.calls()).filter(({ args }) => args[1] === "submit").length).toBe(2);
  });
});
