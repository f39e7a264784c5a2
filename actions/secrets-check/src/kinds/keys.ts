import { createPrivateKey, type KeyObject } from "node:crypto";
import type { Finding } from "../finding.ts";
import { type OfflineCheck, problem, type Subject, textOf } from "./kind.ts";

const BEGIN = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)-----/;
/** The bytes at the start of OpenSSH's own format (OpenSSH, PROTOCOL.key). */
const OPENSSH_MAGIC = "openssh-key-v1\0";

/** Checks a private key in a common form: PEM (encrypted or not), OpenSSH's format, or an armored PGP key. */
export const checkPrivateKey: OfflineCheck = (subject) => {
  const pem = textOf(subject.value);
  const [, label] = BEGIN.exec(pem) ?? [];
  if (label === undefined)
    return [
      problem(subject, "malformed", "it is not a private key: expected the text of the key file with its BEGIN line"),
    ];
  const broken = brokenFrame(subject, pem, label);
  if (broken.length > 0) return broken;
  if (label.endsWith("BLOCK") || isEncrypted(pem, label)) return [];
  if (label === "OPENSSH PRIVATE KEY") {
    const bytes = Buffer.from(bodyOf(pem), "base64");
    return bytes.toString("latin1").startsWith(OPENSSH_MAGIC)
      ? []
      : [problem(subject, "malformed", "it is not a key of OpenSSH")];
  }
  return readKey(pem) === undefined ? [problem(subject, "malformed", "it cannot be read as a private key")] : [];
};

/** Checks the private key of a GitHub App: an RSA key, which signs its JSON Web Tokens with RS256. */
export const checkAppKey: OfflineCheck = (subject) => {
  const pem = textOf(subject.value);
  const [, label = ""] = BEGIN.exec(pem) ?? [];
  const broken = label === "" ? [] : brokenFrame(subject, pem, label);
  if (broken.length > 0) return broken;
  const { "app-id": appId = "" } = subject.expectation.options;
  const id = isAppId(subject.other(appId)) ? [] : [{ ...notAnAppId(subject), name: appId }];
  if (readKey(pem)?.asymmetricKeyType === "rsa") return id;
  return [
    ...id,
    problem(subject, "malformed", "it is not the private key of a GitHub App: expected the text of the .pem file"),
  ];
};

export const checkAppId: OfflineCheck = (subject) => (isAppId(subject.value) ? [] : [notAnAppId(subject)]);

/** Reads a key; undefined when it is invalid. The reason is dropped, because it would quote the key. */
export function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** Checks the numeric ID of an App, or its client ID, which GitHub accepts too. */
function isAppId(text: string): boolean {
  return /^(\d+|Iv\d+\.[0-9a-f]{16}|Iv23[A-Za-z0-9]{16})$/.test(text);
}

function notAnAppId(subject: Subject): Finding {
  return problem(
    subject,
    "malformed",
    "it is not the id of a GitHub App (a number, or a client id that begins with Iv)",
  );
}

/** Finds damage from pasting a key: line breaks lost or written as `\n`, or the end cut off. */
function brokenFrame(subject: Subject, pem: string, label: string): Finding[] {
  if (/-----\\n/.test(pem)) return [problem(subject, "malformed", "its line breaks are written as \\n")];
  if (!pem.includes(`-----END ${label}-----`))
    return [problem(subject, "malformed", "it was cut: its END line is missing")];
  return /-----\r?\n/.test(pem) ? [] : [problem(subject, "malformed", "it has lost its line breaks")];
}

/** Whether a key is encrypted, so that it cannot be checked further without its password. */
function isEncrypted(pem: string, label: string): boolean {
  return label.startsWith("ENCRYPTED") || /^Proc-Type: 4,ENCRYPTED/m.test(pem);
}

function bodyOf(pem: string): string {
  return pem.replace(/-----[^-]*-----/g, "").replace(/\s+/g, "");
}
