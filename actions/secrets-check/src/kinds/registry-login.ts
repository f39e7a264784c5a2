import type { Finding } from "../finding.ts";
import {
  checkExpiry,
  decodeBase64,
  jsonIn,
  jwtExpiry,
  malformed,
  type OfflineCheck,
  type Subject,
  unknown,
} from "./kind.ts";

/** Docker's personal and organization access tokens: a prefix, and 27 or more characters (docs.docker.com). */
const DOCKER_TOKEN = /^dckr_[po]at_[\w-]{27,}$/;
/** Amazon's registries, whose passwords are valid for 12 hours (AWS docs, "Private registry authentication"). */
const AMAZON = /\.dkr\.ecr(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?$/;

/**
 * Checks a user name and a password or access token for one registry. Registries accept names such as `acme+ci`,
 * `robot$acme`, `_json_key` and `tenancy/user@example.com`, so only names that HTTP's Basic scheme cannot transmit are
 * refused (RFC 7617). Some names determine the form of the password.
 */
export const checkDockerLogin: OfflineCheck = (subject) => {
  const { username = "", registry = "docker.io" } = subject.expectation.options;
  const user = subject.other(username);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[:\x00-\x20\x7f]/.test(user))
    return malformed(subject, "it is not a user name: it has a colon or white space in it", username);
  const said = (BY_USER.get(user) ?? checkToken)(subject);
  if (said.length > 0) return said;
  if (AMAZON.test(registry) && user !== "AWS")
    return malformed(subject, "it is not the user name of Amazon's registries, which is AWS", username);
  if (registry !== "docker.io" || !/@.+\./.test(user)) return [];
  return unknown(subject, "it looks like an e-mail address; Docker Hub's tokens go with the Docker ID", username);
};

/** The checks of passwords that go with certain user names. */
const BY_USER: ReadonlyMap<string, (subject: Subject) => Finding[]> = new Map([
  ["_json_key", checkKeyFile],
  ["_json_key_base64", checkEncodedKeyFile],
  ["oauth2accesstoken", checkGoogleToken],
  ["AWS", checkAmazonPassword],
]);

/** Checks Google's key file (Artifact Registry docs, "Configure authentication to Artifact Registry for Docker"). */
function checkKeyFile(subject: Subject): Finding[] {
  if (isJsonObject(subject.value)) return [];
  const isEncoded = isJsonObject(decoded(subject));
  const instead = isEncoded ? ": the value is the base64 of one, for which the user is `_json_key_base64`" : "";
  return malformed(subject, `it is not a complete JSON key file, which the user \`_json_key\` needs${instead}`);
}

function checkEncodedKeyFile(subject: Subject): Finding[] {
  if (isJsonObject(decoded(subject))) return [];
  const instead = isJsonObject(subject.value)
    ? ": the value is the file itself, for which the user is `_json_key`"
    : "";
  const needed = "which the user `_json_key_base64` needs";
  return malformed(subject, `it is not the base64 of a complete JSON key file, ${needed}${instead}`);
}

function checkGoogleToken(subject: Subject): Finding[] {
  return unknown(subject, "an access token of this user is valid for an hour only: get one in the job instead");
}

/** Checks a password from `aws ecr get-login-password`, which is JSON in base64 and contains its expiry. */
function checkAmazonPassword(subject: Subject): Finding[] {
  const { expiration } = Object(jsonIn(decoded(subject)));
  if (typeof expiration !== "number") return [];
  const found = checkExpiry({ ...subject, expiresWithinDays: 0 }, "it", new Date(expiration * 1000));
  if (found.length > 0) return found;
  return unknown(subject, "a password of Amazon's registries is valid for 12 hours only: get one in the job instead");
}

function checkToken(subject: Subject): Finding[] {
  const { value } = subject;
  if (/^dckr_[po]at_/.test(value) && !DOCKER_TOKEN.test(value))
    return malformed(subject, "it is not a complete access token of Docker");
  const expires = jwtExpiry(value);
  return expires === undefined ? [] : checkExpiry(subject, "it", expires);
}

function decoded({ value }: Subject): string {
  return decodeBase64(value)?.toString("utf8") ?? "";
}

function isJsonObject(text: string): boolean {
  const found = jsonIn(text);
  return typeof found === "object" && found !== null && !Array.isArray(found);
}
