import { createPrivateKey, type KeyObject } from "node:crypto";
import { Fault } from "@release-actions/report";

/** An App Store Connect API key, with the IDs that its JSON form may contain. */
export interface AppStoreKeyFile {
  /** EC on P-256. */
  readonly privateKey: KeyObject;
  readonly keyId: string | undefined;
  readonly issuer: string | undefined;
}

/** The text is not a key. The message never quotes the text, so it may be shown. */
export class AppStoreKeyError extends Fault {
  override readonly name = "AppStoreKeyError";

  constructor(message: string) {
    super(message, { advice: "Store the whole content of the .p8 file as the secret, or that content in base64." });
  }
}

/** The names that fastlane (`app_store_connect_api_key`) and rcodesign (`encode-app-store-connect-api-key`) use. */
const JSON_KEYS = ["private_key", "key", "privateKey", "key_content"] as const;

/**
 * Reads the content of `AuthKey_<id>.p8` in the forms that people paste: PEM (indented, quoted, without line ends, or
 * with spaces or `\n` instead of them), base64 of the key or of the whole file, and the JSON of fastlane or rcodesign.
 * @throws AppStoreKeyError that never quotes the key
 */
export function readAppStoreKey(text: string): AppStoreKeyFile {
  const content = unquoted(text);
  if (content.startsWith("{")) return readJson(content);
  return { privateKey: readPrivateKey(content), keyId: undefined, issuer: undefined };
}

function readJson(text: string): AppStoreKeyFile {
  const fields = parseObject(text);
  const value = (names: readonly string[]): string | undefined => {
    const found = names.map((name) => fields[name]).find((field) => typeof field === "string" && field.trim() !== "");
    return typeof found === "string" ? found.trim() : undefined;
  };
  const key = value(JSON_KEYS);
  if (key === undefined) {
    throw new AppStoreKeyError(`the API key is JSON without a key: expected one of ${JSON_KEYS.join(", ")}`);
  }
  return {
    privateKey: readPrivateKey(unquoted(key)),
    keyId: value(["key_id", "keyId"]),
    issuer: value(["issuer_id", "issuerId", "issuer"]),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    // The cause would quote the key.
    throw new AppStoreKeyError("the API key looks like JSON, but is truncated or malformed");
  }
}

/** Removes quotes, a byte order mark and white space that were pasted along with a secret. */
function unquoted(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  const [, quote, inner] = /^(["'`])([\s\S]*)\1$/.exec(trimmed) ?? [];
  return quote === undefined || inner === undefined ? trimmed : inner.trim();
}

function readPrivateKey(text: string): KeyObject {
  const base64 = text.includes("-----BEGIN") ? undefined : decodeBase64(text);
  const pem = base64 === undefined ? text : base64.toString("latin1");
  const der = derOf(pem) ?? (pem.includes("-----BEGIN") ? Buffer.alloc(0) : base64);
  if (der === undefined) {
    throw new AppStoreKeyError("the API key is neither PEM text nor the base64 of a key");
  }
  for (const type of ["pkcs8", "sec1"] as const) {
    try {
      return requireP256(createPrivateKey({ key: der, format: "der", type }));
    } catch (error) {
      if (error instanceof AppStoreKeyError) throw error;
      // The reason is left out: OpenSSL may quote what it could not read.
    }
  }
  throw new AppStoreKeyError("the API key cannot be read: it is truncated, encrypted or not a private key");
}

/** The bytes between the BEGIN and END lines of a PEM text, with any or no line ends. */
function derOf(text: string): Buffer | undefined {
  const [, body] = /-----BEGIN [A-Z ]*PRIVATE KEY-----([\s\S]*?)-----END [A-Z ]*PRIVATE KEY-----/.exec(text) ?? [];
  return body === undefined ? undefined : decodeBase64(body);
}

function decodeBase64(text: string): Buffer | undefined {
  const compact = text
    .replace(/\\+[nrt]|\s+/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  return /^[A-Za-z0-9+/]{16,}={0,2}$/.test(compact) ? Buffer.from(compact, "base64") : undefined;
}

function requireP256(key: KeyObject): KeyObject {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === "ec" && curve === "prime256v1") return key;
  const found = [key.asymmetricKeyType, curve].filter((part) => part !== undefined).join(" ");
  throw new AppStoreKeyError(`the API key is of the kind ${found}: expected EC on P-256`);
}
