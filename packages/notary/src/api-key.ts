import type { KeyObject } from "node:crypto";
import { readAppStoreKey } from "@release-actions/app-store-key";
import { countOf } from "@release-actions/report";
import { NotaryError } from "./error.ts";

/** An App Store Connect key (`AuthKey_<id>.p8`) with its ids. */
export interface ApiKey {
  readonly keyId: string;
  /** The issuer's UUID for a team key; undefined for an individual key. */
  readonly issuer: string | undefined;
  readonly privateKey: KeyObject;
}

const KEY_ID = /^[A-Z0-9]{8,16}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads a key and its ids.
 *
 * @param key the content of the .p8 file in any form that `readAppStoreKey` accepts; JSON may contain the ids
 * @throws NotaryError or AppStoreKeyError, which never quote the inputs, since the key may be in the wrong one
 */
export function parseApiKey(key: string, givenId: string | undefined, givenIssuer: string | undefined): ApiKey {
  const file = readAppStoreKey(key);
  const [keyId, issuer] = [givenId ?? file.keyId, givenIssuer ?? file.issuer];
  if (keyId === undefined || !KEY_ID.test(keyId)) {
    const what = keyId === undefined ? "missing" : `malformed: it has ${countOf(keyId.length, "character")}`;
    throw new NotaryError(`the key id is ${what}; expected about ten capitals and digits`, {
      advice: "It is part of the name of the file that you downloaded from Apple: AuthKey_<key id>.p8.",
    });
  }
  if (issuer !== undefined && !UUID.test(issuer)) {
    throw new NotaryError("the issuer is malformed: expected a UUID such as 57246542-96fe-1a63-e053-0824d011072a", {
      advice: "It is shown above the list of keys in App Store Connect, Users and Access, Integrations.",
    });
  }
  return { keyId, issuer, privateKey: file.privateKey };
}
