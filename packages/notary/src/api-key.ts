import { createPrivateKey, type KeyObject } from "node:crypto";
import { NotaryError } from "./error.ts";

/** A key of App Store Connect: `AuthKey_<id>.p8`, and the ids that go with it. */
export interface ApiKey {
  readonly keyId: string;
  /** A UUID for a team's key; undefined for an individual's. */
  readonly issuer: string | undefined;
  readonly privateKey: KeyObject;
}

const KEY_ID = /^[A-Z0-9]{8,16}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * @param key the PEM text of the .p8 file, or the same in base64
 * @throws NotaryError that never quotes the key (F109)
 */
export function parseApiKey(key: string, keyId: string, issuer: string | undefined): ApiKey {
  if (!KEY_ID.test(keyId)) {
    throw new NotaryError(`the key id "${keyId}" is malformed: expected about ten capitals and digits`, {
      advice: "It stands in the name of the file that Apple let you download: AuthKey_<key id>.p8.",
    });
  }
  if (issuer !== undefined && !UUID.test(issuer)) {
    throw new NotaryError("the issuer is malformed: expected a UUID such as 57246542-96fe-1a63-e053-0824d011072a", {
      advice: "It stands above the list of keys in App Store Connect, Users and Access, Integrations.",
    });
  }
  return { keyId, issuer, privateKey: parsePrivateKey(key) };
}

function parsePrivateKey(text: string): KeyObject {
  // A secret that went through a form may have lost its line breaks to `\n`.
  const pem = (text.includes("-----BEGIN") ? text : Buffer.from(text, "base64").toString("latin1")).replaceAll(
    "\\n",
    "\n",
  );
  const advice = "Store the whole content of the .p8 file as the secret, or that content in base64.";
  if (!pem.includes("-----BEGIN"))
    throw new NotaryError("the API key is neither a PEM text nor one in base64", { advice });
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The cause is left out: OpenSSL may quote what it could not read.
    throw new NotaryError("the API key cannot be read: it is cut off, encrypted or no private key", { advice });
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType !== "ec" || curve !== "prime256v1") {
    throw new NotaryError(`the API key is of the kind ${key.asymmetricKeyType} ${curve ?? ""}: expected EC on P-256`, {
      advice,
    });
  }
  return key;
}
