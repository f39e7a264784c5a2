import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { checkIdentity, openIdentity } from "@release-actions/signing-identity";
import { describeWith } from "../parts.ts";
import { makeIdentity, openssl, type SigningIdentity } from "../stand-in/apple/identity.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** The reader that codesign-macos and secrets-check share, on files that OpenSSL writes and people store as secrets. */
describeWith(["openssl"], "a signing identity from a .p12 that OpenSSL made", () => {
  const folder = temporaryFolder();
  let good: SigningIdentity;
  let other: SigningIdentity;

  beforeAll(async () => {
    good = await makeIdentity(path.join(folder, "good"));
    other = await makeIdentity(path.join(folder, "other"), { teamId: "OTHERTEAM1" });
  }, 60_000);

  /** The identity as base64 of a .p12, which `openssl pkcs12 -export` writes with these options. */
  async function exported(password: string, ...options: readonly string[]): Promise<string> {
    const line = "pkcs12 -export -inkey leaf.key -in leaf.pem -out x.p12";
    await openssl(good.folder, line, ["-passout", `pass:${password}`, ...options]);
    return (await readFile(path.join(good.folder, "x.p12"))).toString("base64");
  }

  const OLD = ["-legacy"];
  const NEW: readonly string[] = [];
  const MIXED = [
    "-provider",
    "legacy",
    "-provider",
    "default",
    "-certpbe",
    "PBE-SHA1-RC2-40",
    "-keypbe",
    "AES-256-CBC",
  ];
  test.each<[title: string, password: string, options: readonly string[]]>([
    ["ASCII, new", "correct horse", NEW],
    ["ASCII, old", "correct horse", OLD],
    ["umlauts, new (UTF-8)", "Zürich-Größe", NEW],
    ["umlauts, old (BMP)", "Zürich-Größe", OLD],
    ["Japanese, new", "パスワード", NEW],
    ["Japanese, old", "パスワード", OLD],
    ["umlauts, the certificate with the old and the key with the new encryption", "Zürich", MIXED],
    ["empty, new", "", NEW],
    ["empty, old", "", OLD],
    ["without encryption of the certificates", "x", ["-certpbe", "NONE"]],
    ["without encryption of the key", "x", ["-keypbe", "NONE"]],
    ["without a MAC", "x", ["-nomac"]],
    ["a MAC with SHA-512", "x", ["-macalg", "sha512"]],
    ["AES with 128 bits", "x", ["-certpbe", "AES-128-CBC", "-keypbe", "AES-128-CBC"]],
  ])("opens it with the password %s", async (_title, password, options) => {
    const identity = await openIdentity(await exported(password, ...options), password);
    expect(identity.certificate.commonName).toBe(good.commonName);
    await expect(openIdentity(await exported(password, ...options), `${password}?`)).rejects.toMatchObject({
      name: "P12Error",
    });
  });

  test("chooses between two keys by name, team or SHA-1, and otherwise asks for one of these", async () => {
    const names = ["leaf.key", "leaf.pem"];
    const parts = [good, other].flatMap(({ folder: from }) => names.map((name) => path.join(from, name)));
    const pem = (await Promise.all(parts.map((file) => readFile(file, "utf8")))).join("\n");
    const both = await twoKeys(pem);
    await expect(openIdentity(both, "x")).rejects.toThrow(/holds 2 identities: .*TEAMID1234.*OTHERTEAM1/);
    for (const wanted of ["Developer ID Application: Example (OTHERTEAM1)", "OTHERTEAM1"]) {
      const { certificate, sha1 } = await openIdentity(both, "x", wanted);
      expect(certificate.organizationalUnit).toBe("OTHERTEAM1");
      expect((await openIdentity(both, "x", sha1.toLowerCase())).sha1).toBe(sha1);
    }
  });

  /** Writes a file with two keys. It uses node-forge, because OpenSSL accepts only one key. */
  async function twoKeys(pem: string): Promise<string> {
    const { default: forge } = await import("node-forge");
    const blocks = pem.match(/-----BEGIN [^-]+-----[\s\S]+?-----END [^-]+-----/g) ?? [];
    const keys = blocks.filter((block) => block.includes("PRIVATE")).map((block) => forge.pki.privateKeyFromPem(block));
    const certificates = blocks
      .filter((block) => block.includes("CERTIFICATE"))
      .map((block) => forge.pki.certificateFromPem(block));
    const files = keys.map((key) => forge.pkcs12.toPkcs12Asn1(key, certificates, "x", { useMac: false }));
    const [first, second] = files.map((file) => safeContents(file));
    if (first === undefined || second === undefined) throw new Error("two keys are needed");
    first.list.value = [...(first.list.value as object[]), ...(second.list.value as object[])] as never;
    first.holder.value = forge.asn1.toDer(first.list).getBytes();
    return Buffer.from(forge.asn1.toDer(files[0] as never).getBytes(), "binary").toString("base64");

    function safeContents(file: import("node-forge").asn1.Asn1) {
      type Node = import("node-forge").asn1.Asn1;
      const at = (node: Node, ...path: readonly number[]): Node =>
        path.reduce((current, index) => (current.value as Node[])[index] as Node, node);
      const holder = at(file, 1, 1, 0);
      return { holder, list: forge.asn1.fromDer(holder.value as string) };
    }
  }

  test.each<[title: string, args: readonly string[], message: RegExp]>([
    ["a certificate (.cer)", ["x509", "-in", "leaf.pem", "-outform", "der", "-out", "y"], /is a certificate \(\.cer\)/],
    [
      "PKCS #7 (.p7b)",
      ["crl2pkcs7", "-nocrl", "-certfile", "leaf.pem", "-outform", "der", "-out", "y"],
      /is a PKCS #7 file \(\.p7b\)/,
    ],
    ["a key", ["pkcs8", "-topk8", "-nocrypt", "-in", "leaf.key", "-outform", "der", "-out", "y"], /is a private key/],
  ])("says what %s is", async (_title, args, message) => {
    execFileSync("openssl", [...args], { cwd: good.folder });
    const bytes = await readFile(path.join(good.folder, "y"));
    await expect(openIdentity(bytes.toString("base64"), "x")).rejects.toThrow(message);
  });

  test("warns of an authority that is not Apple's, and refuses another kind of certificate", async () => {
    const identity = await openIdentity(await exported("x"), "x");
    expect(checkIdentity(identity, { now: new Date() })).toEqual([
      expect.objectContaining({ level: "warning", message: expect.stringMatching(/Apple does not notarize/) }),
    ]);
    const development = await makeIdentity(path.join(folder, "dev"), { marker: "1.2.840.113635.100.6.1.12" });
    const text = (await readFile(development.p12)).toString("base64");
    expect(checkIdentity(await openIdentity(text, development.password), { now: new Date() })).toEqual([
      expect.objectContaining({ level: "error", message: expect.stringMatching(/is a Mac Development certificate/) }),
    ]);
  });
});
