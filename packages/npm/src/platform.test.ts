import { describe, expect, test } from "@jest/globals";
import { parseWantedPlatform, platformOfTarget, platformPackageName, targetFor } from "./platform.ts";

describe("platforms", () => {
  test.each<[target: string, os: string, cpu: string, libc: string | undefined]>([
    ["x86_64-unknown-linux-gnu", "linux", "x64", "glibc"],
    ["aarch64-unknown-linux-musl", "linux", "arm64", "musl"],
    ["armv7-unknown-linux-gnueabihf", "linux", "arm", "glibc"],
    ["i686-unknown-linux-gnu", "linux", "ia32", "glibc"],
    ["riscv64gc-unknown-linux-gnu", "linux", "riscv64", "glibc"],
    ["aarch64-apple-darwin", "darwin", "arm64", undefined],
    ["x86_64-apple-darwin", "darwin", "x64", undefined],
    ["x86_64-pc-windows-msvc", "win32", "x64", undefined],
    ["aarch64-pc-windows-gnullvm", "win32", "arm64", undefined],
    ["x86_64-unknown-freebsd", "freebsd", "x64", undefined],
  ])("reads %s as %s-%s", (target, os, cpu, libc) => {
    expect(platformOfTarget(target)).toEqual({ os, cpu, libc });
  });

  test.each(["wasm32-wasip1", "aarch64-apple-ios", "x86_64-fortanix-unknown-sgx", "x86_64", ""])(
    "finds no platform of Node for %s",
    (target) => {
      expect(platformOfTarget(target)).toBeUndefined();
    },
  );

  test.each<[wanted: string, built: string[], target: string | undefined]>([
    ["linux-x64", ["x86_64-unknown-linux-musl", "x86_64-unknown-linux-gnu"], "x86_64-unknown-linux-gnu"],
    ["linux-x64", ["x86_64-unknown-linux-musl"], "x86_64-unknown-linux-musl"],
    ["linux-x64-musl", ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"], "x86_64-unknown-linux-musl"],
    ["linux-x64-musl", ["x86_64-unknown-linux-gnu"], undefined],
    ["linux-arm64", ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin"], undefined],
    ["win32-x64", ["x86_64-pc-windows-msvc"], "x86_64-pc-windows-msvc"],
  ])("selects for %s from %j the build for %s", (wanted, built, target) => {
    expect(targetFor(parseWantedPlatform(wanted), built)).toBe(target);
  });

  test.each(["linux", "macos-arm64", "linux-x86_64", "darwin-arm64-musl", "linux-x64-uclibc", "windows-x64"])(
    "refuses %s, which is not a platform of Node",
    (text) => {
      expect(() => parseWantedPlatform(text)).toThrow("expected <os>-<cpu> with Node's names");
    },
  );

  test("names a package after the platform as it was requested", () => {
    expect(platformPackageName({ name: "@acme/widget", binary: "w" }, parseWantedPlatform("linux-x64"))).toBe(
      "@acme/widget-linux-x64",
    );
    expect(platformPackageName({ name: "widget", binary: "w" }, parseWantedPlatform("linux-x64-musl"))).toBe(
      "widget-linux-x64-musl",
    );
  });
});

test.each<[template: string, name: string, expected: string]>([
  ["${name}-${os}-${cpu}", "@acme/widget", "@acme/widget-win32-x64"],
  ["${name}-windows-${cpu}", "widget", "widget-windows-x64"],
  ["@acme/${binary}-${platform}", "widget", "@acme/widget-cli-win32-x64"],
  ["${scope}/cli-${platform}", "@acme/widget", "@acme/cli-win32-x64"],
  ["${scope}/cli-${platform}", "widget", "cli-win32-x64"],
])("the template %s names a platform package of %s", (platformName, name, expected) => {
  expect(platformPackageName({ name, binary: "widget-cli", platformName }, parseWantedPlatform("win32-x64"))).toBe(
    expected,
  );
});

test.each([
  ["${other}", "has ${other}, expected one of name, scope"],
  ["${name} ${os}", "is not a valid name of an npm package"],
])("the template %s is refused", (platformName, message) => {
  expect(() => platformPackageName({ name: "w", binary: "w", platformName }, parseWantedPlatform("linux-x64"))).toThrow(
    message,
  );
});

test.each([
  ["aarch64-linux-android", { os: "android", cpu: "arm64" }],
  ["armv7-linux-androideabi", { os: "android", cpu: "arm" }],
])("%s is a platform of Node", (target, platform) => {
  expect(platformOfTarget(target)).toMatchObject(platform);
});
