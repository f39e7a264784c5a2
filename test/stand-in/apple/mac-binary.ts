import { cp, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { runCommand } from "@release-actions/command";
import type { SigningIdentity } from "./identity.ts";

export type GoArchitecture = "amd64" | "arm64";

/** Builds a small macOS program with the Go toolchain: the linker signs arm64 ad hoc, and leaves amd64 unsigned. */
export async function buildMacBinary(folder: string, architecture: GoArchitecture): Promise<string> {
  const source = join(folder, `go-${architecture}`);
  await mkdir(source, { recursive: true });
  await writeFile(join(source, "go.mod"), "module hello\ngo 1.24\n");
  await writeFile(join(source, "main.go"), 'package main\n\nfunc main() { println("hello") }\n');
  const output = join(folder, `hello-${architecture}`);
  const env = {
    ...process.env,
    HOME: homedir(),
    CGO_ENABLED: "0",
    GOOS: "darwin",
    GOARCH: architecture,
    GOTOOLCHAIN: "local",
  };
  await runCommand("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", output, "."], { cwd: source, env });
  return output;
}

export interface SignOptions {
  readonly identity?: SigningIdentity;
  /** Signs without a certificate, even with an identity. */
  readonly adHoc?: boolean;
  readonly timestampUrl?: string;
  /** If false, signs without the hardened runtime. */
  readonly runtime?: boolean;
  /** XML property list. */
  readonly entitlements?: string;
  /** Also puts the self-made root certificate into the CMS. */
  readonly withRoot?: boolean;
  /** Leaves the certificate of the issuer out of the CMS. */
  readonly withoutAuthority?: boolean;
  readonly teamName?: string;
  /** Further arguments of `rcodesign sign`. */
  readonly extra?: readonly string[];
}

/** Signs a copy of `input` at `output` with the real rcodesign. */
export async function signMacBinary(input: string, output: string, options: SignOptions = {}): Promise<string> {
  const identity = options.adHoc === true ? undefined : options.identity;
  const args = ["sign", "--config-file", "/dev/null"];
  if (identity !== undefined) {
    // PEM instead of the .p12, because rcodesign 0.29 panics on a .p12 from openssl 3.
    args.push("--pem-file", identity.key, "--pem-file", identity.certificate);
    if (options.withoutAuthority !== true) args.push("--certificate-der-file", identity.authorityDer);
    if (options.withRoot === true) args.push("--certificate-der-file", identity.rootDer);
    args.push("--team-name", options.teamName ?? identity.teamId);
  }
  args.push("--timestamp-url", options.timestampUrl ?? "none");
  if (options.runtime !== false) args.push("--code-signature-flags", "runtime");
  if (options.entitlements !== undefined) {
    await writeFile(`${output}.entitlements`, options.entitlements);
    args.push("--entitlements-xml-file", `${output}.entitlements`);
  }
  await cp(input, output);
  await runCommand("rcodesign", [...args, ...(options.extra ?? []), input, output]);
  return output;
}

/** Joins thin files into a fat one. */
export async function makeFatBinary(inputs: readonly string[], output: string): Promise<string> {
  await runCommand("rcodesign", ["macho-universal-create", "--output", output, ...inputs]);
  return output;
}

/** The output of `rcodesign print-signature-info`, as YAML. */
export async function printSignatureInfo(file: string): Promise<string> {
  return (await runCommand("rcodesign", ["print-signature-info", file])).stdout;
}
