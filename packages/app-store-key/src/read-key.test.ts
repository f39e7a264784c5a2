import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { AppStoreKeyError, readAppStoreKey } from "./read-key.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const body = pem.split("\n").slice(1, -2).join("");
const base64 = Buffer.from(pem).toString("base64");
const ISSUER = "57246542-96fe-1a63-e053-0824d011072a";

describe("readAppStoreKey", () => {
  test.each<[title: string, text: string]>([
    ["the file as it is", pem],
    ["Windows line endings", pem.replaceAll("\n", "\r\n")],
    ["no final line ending", pem.trimEnd()],
    ["no line endings at all", pem.replaceAll("\n", "")],
    ["spaces instead of line endings", pem.trimEnd().replaceAll("\n", " ")],
    ["`\\n` instead of line endings", pem.replaceAll("\n", "\\n")],
    ["`\\\\n` instead of line endings", pem.replaceAll("\n", "\\\\n")],
    ["an indentation", pem.replaceAll(/^/gm, "    ")],
    ["double quotes", `"${pem}"`],
    ["single quotes and `\\n`", `'${pem.replaceAll("\n", "\\n")}'`],
    ["a byte order mark", `\uFEFF${pem}`],
    ["text around it", `Key:\n${pem}\nkeep it safe`],
    ["base64 of the file", base64],
    ["base64 with line breaks", base64.replaceAll(/.{64}/g, "$&\n")],
    ["base64url without padding", base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")],
    ["base64 of the file without line endings", Buffer.from(pem.replaceAll("\n", "")).toString("base64")],
    ["only the base64 between the BEGIN and END lines", body],
    ["the older PEM form of EC keys", privateKey.export({ type: "sec1", format: "pem" }).toString()],
  ])("reads %s", (_title, text) => {
    expect(readAppStoreKey(text).privateKey.equals(privateKey)).toBe(true);
  });

  test.each<[title: string, json: object]>([
    ["fastlane", { key_id: "ABCD123456", issuer_id: ISSUER, key: pem, duration: 1200, in_house: false }],
    ["rcodesign", { issuer_id: ISSUER, key_id: "ABCD123456", private_key: body }],
  ])("reads the JSON of %s", (_title, json) => {
    const read = readAppStoreKey(JSON.stringify(json, undefined, 2));
    expect([read.keyId, read.issuer, read.privateKey.equals(privateKey)]).toEqual(["ABCD123456", ISSUER, true]);
  });

  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({ type: "pkcs8", format: "pem" });
  test.each<[title: string, text: string, message: RegExp]>([
    ["nothing", "", /neither PEM text nor the base64 of a key/],
    ["a word", "s3cret words", /neither PEM text/],
    ["base64 of something else", Buffer.from("s3cret text of some length").toString("base64"), /cannot be read/],
    ["a truncated key", pem.slice(0, 120), /truncated, encrypted or not a private key/],
    ["the public key", `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`, /not a private key/],
    ["an RSA key", rsa.toString(), /of the kind rsa: expected EC on P-256/],
    ["another curve", p384.toString(), /of the kind ec secp384r1: expected EC on P-256/],
    ["JSON without a key", JSON.stringify({ key_id: "ABCD123456" }), /JSON without a key/],
    ["truncated JSON", JSON.stringify({ key: pem }).slice(0, 100), /truncated or malformed/],
  ])("refuses %s, without showing any of it", (_title, text, message) => {
    const read = (): unknown => readAppStoreKey(text);
    expect(read).toThrow(AppStoreKeyError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(body.slice(10, 30));
    expect(read).not.toThrow("s3cret");
  });
});
