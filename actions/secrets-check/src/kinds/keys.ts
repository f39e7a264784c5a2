import { createPrivateKey, type KeyObject } from "node:crypto";
import { formOf, malformed, type OfflineCheck, textOf } from "./kind.ts";

const BEGIN = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)-----/;
/** The bytes at the start of OpenSSH's own format (OpenSSH, PROTOCOL.key). */
const OPENSSH_MAGIC = "openssh-key-v1\0";

/** Checks a private key in a common form: PEM (encrypted or not), OpenSSH's format, or an armored PGP key. */
export const checkPrivateKey: OfflineCheck = (subject) => {
  const pem = textOf(subject.value);
  const [, label] = BEGIN.exec(pem) ?? [];
  if (label === undefined)
    return malformed(subject, "it is not a private key: expected the text of the key file with its BEGIN line");
  const damage = damageIn(pem, label);
  if (damage !== undefined) return malformed(subject, damage);
  if (label.endsWith("BLOCK") || isEncrypted(pem, label)) return [];
  if (label !== "OPENSSH PRIVATE KEY")
    return readKey(pem) === undefined ? malformed(subject, "it cannot be read as a private key") : [];
  const isOpenSsh = Buffer.from(bodyOf(pem), "base64").toString("latin1").startsWith(OPENSSH_MAGIC);
  return isOpenSsh ? [] : malformed(subject, "it is not a key of OpenSSH");
};

/** Checks the private key of a GitHub App: an RSA key, which signs its JSON Web Tokens with RS256. */
export const checkAppKey: OfflineCheck = (subject) => {
  const pem = textOf(subject.value);
  const [, label] = BEGIN.exec(pem) ?? [];
  const damage = label === undefined ? undefined : damageIn(pem, label);
  if (damage !== undefined) return malformed(subject, damage);
  const { "app-id": appId = "" } = subject.expectation.options;
  const id = APP_ID.test(subject.other(appId)) ? [] : malformed(subject, NOT_AN_APP_ID, appId);
  if (readKey(pem)?.asymmetricKeyType === "rsa") return id;
  const complaint = "it is not the private key of a GitHub App: expected the text of the .pem file";
  return [...id, ...malformed(subject, complaint)];
};

/** The numeric ID of an App, or its client ID, which GitHub accepts too. */
const APP_ID = /^(\d+|Iv\d+\.[0-9a-f]{16}|Iv23[A-Za-z0-9]{16})$/;
const NOT_AN_APP_ID = "it is not the id of a GitHub App (a number, or a client id that begins with Iv)";

export const checkAppId = formOf(APP_ID, NOT_AN_APP_ID);

/** Reads a key; undefined when it is invalid. The reason is dropped, because it would quote the key. */
function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** Describes the damage from pasting a key: line breaks lost or written as `\n`, or the end cut off. */
function damageIn(pem: string, label: string): string | undefined {
  if (/-----\\n/.test(pem)) return "its line breaks are written as \\n";
  if (!pem.includes(`-----END ${label}-----`)) return "it was cut: its END line is missing";
  return /-----\r?\n/.test(pem) ? undefined : "it has lost its line breaks";
}

/** Whether a key is encrypted, so that it cannot be checked further without its password. */
function isEncrypted(pem: string, label: string): boolean {
  return label.startsWith("ENCRYPTED") || /^Proc-Type: 4,ENCRYPTED/m.test(pem);
}

function bodyOf(pem: string): string {
  return pem.replace(/-----[^-]*-----/g, "").replace(/\s+/g, "");
}
