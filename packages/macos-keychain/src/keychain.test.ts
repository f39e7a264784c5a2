import { describe, expect, test } from "@jest/globals";
import type { CommandResult, CommandRunner } from "@release-actions/command";
import { createKeychain } from "./keychain.ts";
import { addToSearchList, importIdentity, removeFromSearchList } from "./signing-keychain.ts";

interface Call {
  readonly line: string;
  readonly input: string;
}

const done: CommandResult = { exitCode: 0, stdout: "", stderr: "" };

function recorder(answer: (line: string) => Partial<CommandResult> = () => ({})): {
  run: CommandRunner;
  calls: Call[];
} {
  const calls: Call[] = [];
  const run: CommandRunner = async (command, args, options) => {
    const line = [command, ...args].join(" ");
    calls.push({ line, input: String(options?.input ?? "") });
    return { ...done, ...answer(line) };
  };
  return { run, calls };
}

describe("createKeychain", () => {
  test("passes the password only on standard input", async () => {
    const { run, calls } = recorder();
    const { password } = await createKeychain(run, "/tmp/a b/k.keychain-db");
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(calls.map(({ line }) => line)).toEqual([
      "security -i",
      "security show-keychain-info /tmp/a b/k.keychain-db",
    ]);
    expect(calls[0]?.input).toBe(
      `create-keychain -p ${password} "/tmp/a b/k.keychain-db"\n` +
        `set-keychain-settings "/tmp/a b/k.keychain-db"\n` +
        `unlock-keychain -p ${password} "/tmp/a b/k.keychain-db"\n`,
    );
  });

  test.each(['a"b', "a\nb", "a\\b"])("refuses the path %j, which could become another command", async (path) => {
    const { run, calls } = recorder();
    await expect(createKeychain(run, path)).rejects.toThrow(/quote or a line break/);
    expect(calls).toEqual([]);
  });

  test("notices a failure that interactive mode hides", async () => {
    const { run } = recorder((line) =>
      line.includes("show-keychain-info") ? { exitCode: 50, stderr: "not found" } : {},
    );
    await expect(createKeychain(run, "/tmp/k.keychain-db")).rejects.toThrow(/could not be created at .*: not found/);
  });

  test("says that it needs macOS when there is no `security` program (F99)", async () => {
    const { run } = recorder(() => ({ exitCode: 127 }));
    await expect(createKeychain(run, "/tmp/k.keychain-db")).rejects.toMatchObject({
      advice: "This needs a macOS runner.",
    });
  });
});

describe("importIdentity", () => {
  const keychain = { path: "/k", password: "00" };
  const p12 = { file: "/id.p12", password: "11", fingerprint: "ab12" };

  test("treats only the presence of the identity as success", async () => {
    const there = recorder((line) => ({ stdout: line.includes("find-identity") ? '  1) AB12 "Developer ID"\n' : "" }));
    await importIdentity(there.run, keychain, p12);
    const absent = recorder(() => ({ stdout: "MAC verification failed" }));
    await expect(importIdentity(absent.run, keychain, p12)).rejects.toThrow(
      /was not imported: MAC verification failed/,
    );
  });
});

describe("the search list", () => {
  const list = (text: string) => recorder((line) => ({ stdout: line.includes(" -s ") ? "" : text }));

  test("gets the keychain as its first entry, once, and keeps the others", async () => {
    const { run, calls } = list('    "/login.keychain-db"\n    "/k"\n');
    await addToSearchList(run, "/k");
    expect(calls.at(-1)?.line).toBe("security list-keychains -d user -s /k /login.keychain-db");
  });

  test("loses the keychain, and is not changed when it does not have it", async () => {
    const there = list('"/k"\n"/login.keychain-db"\n"/another"\n');
    await removeFromSearchList(there.run, "/k");
    expect(there.calls.at(-1)?.line).toBe("security list-keychains -d user -s /login.keychain-db /another");
    const absent = list('"/login.keychain-db"\n');
    await removeFromSearchList(absent.run, "/k");
    expect(absent.calls.length).toBe(1);
  });
});
