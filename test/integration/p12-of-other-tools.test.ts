import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { openIdentity } from "@release-actions/signing-identity";
import { describeWith } from "../parts.ts";
import { openssl } from "../stand-in/apple/identity.ts";

jest.setTimeout(60_000);

/** Options of OpenSSL that cover the formats of other tools: keytool, NSS and Python's cryptography. */
const VARIANTS: readonly [title: string, options: readonly string[], password: string][] = [
  ["as OpenSSL 3 writes it, with a password that is not ASCII", [], "pässwörd"],
  ["with triple DES and RC2, as OpenSSL 1 wrote it", ["-legacy"], "pass"],
  ["with an empty password", [], ""],
  ["with the 600,000 iterations of NSS (Firefox)", ["-iter", "600000"], "pass"],
  ["without a MAC", ["-nomac"], "pass"],
  ["with nothing encrypted, only a MAC", ["-keypbe", "NONE", "-certpbe", "NONE"], "pass"],
  [
    "with only the key encrypted, and a MAC of SHA-512",
    ["-keypbe", "AES-128-CBC", "-certpbe", "NONE", "-macalg", "sha512"],
    "pass",
  ],
];

describeWith(["openssl"], "a .p12 of other tools", () => {
  let folder: string;
  const at = (name: string): string => path.join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "p12-"));
    const subject = ["-subj", "/CN=Developer ID Application: Example (TEAMID1234)"];
    await openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 30", subject);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(VARIANTS)("opens a file %s, but not with another password", async (_title, options, password) => {
    const line = "pkcs12 -export -inkey key -in cert -out file.p12";
    await openssl(folder, line, ["-passout", `pass:${password}`, ...options]);
    await expectToOpen(await readFile(at("file.p12")), password);
  });
});

describeWith(["keytool"], "a .p12 of Java's keytool", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "keytool-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each<[title: string, options: readonly string[]]>([
    ["with today's encryption", []],
    ["with the encryption of Java 8", ["-J-Dkeystore.pkcs12.legacy"]],
  ])("opens a file %s", async (title, options) => {
    const file = path.join(folder, `${title}.p12`);
    const key = ["-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=Example", "-storetype", "PKCS12"];
    await runCommand("keytool", [...options, ...key, "-keystore", file, "-storepass", "passpass"]);
    await expectToOpen(await readFile(file), "passpass");
  });
});

async function expectToOpen(bytes: Buffer, password: string): Promise<void> {
  const text = bytes.toString("base64");
  expect((await openIdentity(text, password)).certificate.subject).toMatch(/Example/);
  await expect(openIdentity(text, "another")).rejects.toThrow("the password does not open it");
}
