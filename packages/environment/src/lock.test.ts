import { describe, expect, test } from "@jest/globals";
import { lockText, parseLockText, VECTOR } from "./fixture.ts";

describe("parseLock", () => {
  test("reads the published vector and warns that its digest does not pin an image", () => {
    const { lock, problems } = parseLockText(lockText());
    expect(lock).toEqual(VECTOR);
    expect(problems).toMatchObject([{ level: "warning", message: expect.stringContaining("too short to pin") }]);
  });

  test("reads lists that are written as arrays of tables, and records the place of every item", () => {
    const text = lockText({
      resolved_packages: undefined,
      mounts: undefined,
      cpu_shares: "1_024",
      memory_limit_mb: "0x10",
    });
    const { lock, problems, place } = parseLockText(
      `${text}[[resolved_packages]]\nname = "a"\nversion = "1"\n[[resolved_packages]]\nname = "b"\nversion = "2"\n` +
        '[[mounts]]\nlabel = "m"\nhost_path = "/h"\ncontainer_path = "/c"\n',
    );
    expect(problems.filter(({ level }) => level === "error")).toEqual([]);
    expect(lock).toMatchObject({
      packages: [
        { name: "a", version: "1" },
        { name: "b", version: "2" },
      ],
      mounts: [{ label: "m", hostPath: "/h", containerPath: "/c" }],
      cpuShares: "1024",
      memoryLimitMb: "16",
    });
    expect(place("resolved_packages", 1)).toEqual({ file: "karapace.lock", line: 16, column: 1 });
    expect(place("base_image")).toEqual({ file: "karapace.lock", line: 4, column: 14 });
  });

  test("reads a lock without mounts as one with no mounts, as karapace does", () => {
    const { lock, problems } = parseLockText(lockText({ mounts: undefined }));
    expect(lock).toEqual(VECTOR);
    expect(problems.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("reads the same values with carriage returns and a byte order mark (B106)", () => {
    const { lock } = parseLockText(`\uFEFF${lockText().replaceAll("\n", "\r\n")}`);
    expect(lock).toEqual(VECTOR);
  });

  const pair = '{ name = "a", version = "1" }';
  const mount = (label: string, host: string, container: string): string =>
    `{ label = "${label}", host_path = "${host}", container_path = "${container}" }`;

  test.each<[string, Record<string, string | undefined>, RegExp, number]>([
    ["no lock_version (B94)", { lock_version: undefined }, /`lock_version` is missing/, 1],
    ["lock_version 1 (B94)", { lock_version: "1" }, /`lock_version` is 1, expected 2/, 1],
    ["lock_version 3 (B94)", { lock_version: "3" }, /`lock_version` is 3, expected 2/, 1],
    ["lock_version as text", { lock_version: '"2"' }, /`lock_version` is string 2, expected a whole number/, 1],
    ["env_id in upper case (B95)", { env_id: `"${"A".repeat(64)}"` }, /expected 64 lowercase hex characters/, 2],
    ["env_id of 63 characters (B95)", { env_id: `"${"a".repeat(63)}"` }, /expected 64 lowercase hex characters/, 2],
    ["env_id empty (B95)", { env_id: '""' }, /`env_id` is "", expected 64/, 2],
    [
      "short_id that is not a prefix (B96)",
      { short_id: '"000000000000"' },
      /`short_id` is "000000000000", expected "aabaeaeda3b2"/,
      3,
    ],
    [
      "short_id of 11 characters (B96)",
      { short_id: '"aabaeaeda3b"' },
      /`short_id` is "aabaeaeda3b", expected "aabaeaeda3b2"/,
      3,
    ],
    ["base_image_digest empty (B98)", { base_image_digest: '""' }, /`base_image_digest` is empty/, 5],
    [
      "base_image_digest short (B98)",
      { base_image_digest: '"abc123"' },
      /`base_image_digest` is "abc123", expected 64/,
      5,
    ],
    [
      "a repeated package (B101)",
      { resolved_packages: `[${pair}, { name = "a", version = "2" }]` },
      /package a is locked twice, first on line 6/,
      6,
    ],
    [
      "a package without a version",
      { resolved_packages: '[{ name = "a" }]' },
      /`resolved_packages\[0\]\.version` is missing/,
      6,
    ],
    [
      "a package that is a string",
      { resolved_packages: '["a@1"]' },
      /`resolved_packages\[0\]` is string a@1, expected a table/,
      6,
    ],
    [
      "a package with another key (B104)",
      { resolved_packages: '[{ name = "a", version = "1", arch = "x" }]' },
      /`resolved_packages\[0\]\.arch` is not a known key/,
      6,
    ],
    [
      "packages as a table",
      { resolved_packages: "{}" },
      /`resolved_packages` is a table, expected a list of tables/,
      6,
    ],
    ["an app with an empty name", { resolved_apps: '["a", " "]' }, /an app has an empty name/, 7],
    ["an app that is a number", { resolved_apps: "[1]" }, /`resolved_apps\[0\]` is integer 1, expected a string/, 7],
    [
      "a mount upwards (B102)",
      { mounts: `[${mount("m", "/a/../b", "/c")}]` },
      /`host_path` is "\/a\/\.\.\/b", expected an absolute path/,
      12,
    ],
    [
      "a relative mount (B102)",
      { mounts: `[${mount("m", "a", "/c")}]` },
      /`host_path` is "a", expected an absolute path/,
      12,
    ],
    [
      "a repeated label (B102)",
      { mounts: `[${mount("m", "/a", "/c")}, ${mount("m", "/b", "/d")}]` },
      /mount m is locked twice, first on line 12/,
      12,
    ],
    ["cpu_shares 0 (B103)", { cpu_shares: "0" }, /`cpu_shares` is integer 0, expected a whole number from 1/, 13],
    [
      "negative memory (B103)",
      { memory_limit_mb: "-1" },
      /`memory_limit_mb` is integer -1, expected a whole number/,
      13,
    ],
    [
      "memory over 64 bits (B103)",
      { memory_limit_mb: "18446744073709551616" },
      /expected a whole number from 1 up to 2\^64-1/,
      13,
    ],
    ["cpu_shares as a float", { cpu_shares: "1.5" }, /`cpu_shares` is float 1.5, expected a whole number/, 13],
    [
      "an unknown key (B104)",
      { lock_versoin: "2" },
      /`lock_versoin` is not a known key; expected one of .*lock_version/,
      13,
    ],
    ["a boolean as text", { hardware_gpu: '"false"' }, /`hardware_gpu` is string false, expected true or false/, 9],
  ])("refuses %s, at its line", (_name, changes, message, line) => {
    const errors = parseLockText(lockText(changes)).problems.filter(({ level }) => level === "error");
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(message),
        location: { file: "karapace.lock", line, column: expect.any(Number) },
      }),
    ]);
  });

  test.each([
    ["a repeated key (B105)", `${lockText()}base_image = "other"\n`, /karapace\.lock:13 is not valid TOML/],
    ["a repeated table (B105)", `${lockText()}[a]\n[a]\n`, /karapace\.lock:14 is not valid TOML/],
    ["conflict markers (B109)", `<<<<<<< HEAD\n${lockText()}`, /karapace\.lock:1 holds the marker of a merge conflict/],
  ])("refuses %s", (_name, text, message) => {
    expect(() => parseLockText(text)).toThrow(message);
  });

  test("reports all problems at once, from top to bottom", () => {
    const { problems } = parseLockText('extra = 1\nhardware_gpu = "yes"\nlock_version = 9\n');
    expect(problems.map(({ location }) => location?.line)).toEqual(
      problems.map(({ location }) => location?.line).sort((a, b) => Number(a) - Number(b)),
    );
    expect(problems.length).toBeGreaterThan(10);
  });
});
