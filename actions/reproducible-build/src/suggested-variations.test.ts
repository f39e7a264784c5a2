import { describe, expect, test } from "@jest/globals";
import { suggestedVariations } from "./suggested-variations.ts";

const CPUS = 4;
const suggested = (kind: string, left: string, right: string) => suggestedVariations([{ kind, left, right }], CPUS);

describe("which variations a difference points to", () => {
  test.each([
    ["a host", "embedded-text", "on vm-17", "on another-host", ["host"]],
    ["a user", "embedded-text", "root", "someone-else", ["user"]],
    ["a kernel", "embedded-text", "6.8.0-31", "4.19.0-another", ["kernel"]],
    ["a domain", "embedded-text", "(none)", "another.example", ["domain"]],
    ["the PATH", "embedded-text", "/usr/bin", "/usr/bin:/tmp/x/a-home/one-more/bin", ["exec-path"]],
    ["a locale", "embedded-text", "en-US", "tr-TR", ["locale"]],
    ["an offset", "embedded-text", "+00:00", "+05:45", ["timezone"]],
    ["the environment", "embedded-text", "PWD", "PWD REPRODUCIBLE_BUILD_VARIATION", ["environment"]],
    ["a registry", "build-path", "/home/me/.cargo", "/tmp/x/a-home/.cargo", ["home"]],
    ["a workspace", "build-path", "/src/app", "/tmp/x/another/and-deeper/folder/workspace", ["path"]],
    ["some path", "build-path", "/src/app", "/srv/app", ["path", "home"]],
    ["a clock ahead", "timestamp", "2026-11-29 10:00:00", "2028-01-03T10:00:40Z", ["time"]],
    ["a date ahead", "timestamp", "2026-11-29", "2028-01-03", ["time"]],
    ["seconds ahead", "timestamp", "1795900000", "1830460040 (2028-01-03T23:00:00Z in .rodata)", ["time"]],
    ["another zone", "timestamp", "2026-11-29 10:00:00", "2026-11-29 15:45:20", ["timezone", "file-times"]],
    ["times of a copy", "timestamp", "2026-11-29 10:00:00", "2026-11-29 10:00:42", ["file-times", "time"]],
    ["a time without a date", "timestamp", "10:00:00", "15:45:00", ["time", "timezone", "file-times"]],
    ["the order of lines", "text-order", "a b", "b a", ["file-order"]],
    ["a number of CPUs", "embedded-text", "jobs: 4.", "jobs: 1.", ["cpus"]],
    ["another number", "embedded-text", "jobs: 3.", "jobs: 1.", []],
    ["a mode", "embedded-text", "mode 100644", "mode 100640", ["umask"]],
    ["another mode", "embedded-text", "mode 100644", "mode 100755", []],
    ["bytes", "content", "16 bytes", "16 other bytes", []],
    ["a name that both have", "embedded-text", "someone-else 1.2", "someone-else 1.3", []],
  ])("%s", (_name, kind, left, right, expected) => {
    expect(suggested(kind, left, right)).toEqual(expected);
  });

  test("a variation that is the only suggestion for a difference comes first", () => {
    const causes = [
      { kind: "timestamp", left: "2026-11-29 10:00:00", right: "2026-11-29 10:00:42" },
      { kind: "embedded-text", left: "vm", right: "another-host" },
    ];
    expect(suggestedVariations(causes, CPUS)).toEqual(["host", "file-times", "time"]);
  });
});
