import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { readCms } from "@release-actions/macho";
import { describeWith } from "../../parts.ts";
import { makeIdentity, openssl, type SigningIdentity } from "../../stand-in/apple/identity.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const CONTENT = Buffer.from("stands for a CodeDirectory");

describeWith(["openssl"], "readCms, of messages made by openssl", () => {
  const folder = temporaryFolder();
  let identity: SigningIdentity;

  beforeAll(async () => {
    identity = await makeIdentity(folder);
    await writeFile(path.join(folder, "content"), CONTENT);
  }, 60_000);

  const sign = async (...options: string[]): Promise<Buffer> => {
    const signer = "-signer leaf.pem -inkey leaf.key -certfile authority.pem";
    await openssl(folder, `cms -sign -binary -in content -outform DER -out cms.der ${signer}`, options);
    return await readFile(path.join(folder, "cms.der"));
  };

  test.each<[title: string, options: string[]]>([
    ["definite lengths", []],
    // Apple's codesign writes the outer layers this way.
    ["indefinite lengths", ["-stream", "-indef"]],
    ["the content inside", ["-nodetach"]],
    ["SHA-384", ["-md", "sha384"]],
  ])("verifies a message with %s", async (_title, options) => {
    const { certificates, signers } = await readCms(await sign(...options), CONTENT);
    expect(certificates.map(({ commonName }) => commonName).sort()).toEqual([
      identity.commonName,
      "Example Developer ID CA",
    ]);
    expect(signers).toEqual([expect.objectContaining({ verifies: true, timestamp: undefined })]);
    expect(signers[0]?.certificate?.commonName).toBe(identity.commonName);
  });

  test("does not verify other content", async () => {
    const { signers } = await readCms(await sign(), Buffer.from("another CodeDirectory"));
    expect(signers[0]?.verifies).toBe(false);
  });

  test("does not verify without the signer's certificate", async () => {
    const { signers } = await readCms(await sign("-nocerts"), CONTENT);
    expect(signers[0]).toMatchObject({ verifies: false, certificate: undefined });
  });

  test.each<[title: string, bytes: Buffer, message: RegExp]>([
    ["nothing", Buffer.alloc(0), /the CMS signature cannot be read/],
    ["text", Buffer.from("hello"), /the CMS signature cannot be read|is missing/],
    ["a message of another kind", Buffer.from("300f06092a864886f70d010703a0023000", "hex"), /not signed data/],
    [
      "an array nested a thousand deep",
      Buffer.concat([Buffer.alloc(4000, Buffer.from("3080", "hex"))]),
      /cannot be read/,
    ],
  ])("refuses %s", async (_title, bytes, message) => {
    await expect(readCms(bytes, CONTENT)).rejects.toThrow(message);
  });
});
