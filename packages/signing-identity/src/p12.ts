import type { pkcs12 } from "node-forge";
import { SigningIdentityError } from "./error.ts";

/** DER: keys in PKCS #8, certificates in X.509. */
export interface DecodedP12 {
  readonly keys: readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
}

/** An export has a few kilobytes. */
const MAX_P12_BYTES = 1 << 20;

/** Opens a PKCS #12 file (RFC 7292). OpenSSL 3 no longer reads the old encryption that Keychain Access exports with. */
export async function decodeP12(bytes: Buffer, password: string): Promise<DecodedP12> {
  if (bytes.length > MAX_P12_BYTES)
    throw new SigningIdentityError(`the .p12 has ${bytes.length} bytes; an export is small`);
  const { default: forge } = await import("node-forge");
  let structure: ReturnType<typeof forge.asn1.fromDer>;
  try {
    structure = forge.asn1.fromDer(forge.util.createBuffer(bytes.toString("binary")));
  } catch {
    throw new SigningIdentityError("the certificate is no .p12: its content is not ASN.1", {
      advice: "Check that the secret is the base64 of the .p12 file itself, and that it was not cut off.",
    });
  }
  let p12: pkcs12.Pkcs12Pfx;
  try {
    p12 = forge.pkcs12.pkcs12FromAsn1(structure, false, password);
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    const isPassword = /MAC could not be verified|Invalid password/i.test(said);
    throw new SigningIdentityError(isPassword ? "the password of the .p12 is wrong" : "the .p12 cannot be opened", {
      advice: isPassword
        ? "Check the secret behind `certificate-password`; it may be empty or have a line break."
        : "Export it again.",
    });
  }
  const bags = (type: string | undefined): readonly pkcs12.Bag[] =>
    type === undefined ? [] : (p12.getBags({ bagType: type })[type] ?? []);
  const { keyBag, pkcs8ShroudedKeyBag, certBag } = forge.pki.oids;
  const der = (value: Parameters<typeof forge.asn1.toDer>[0]): Buffer =>
    Buffer.from(forge.asn1.toDer(value).getBytes(), "binary");
  return {
    keys: [...bags(pkcs8ShroudedKeyBag), ...bags(keyBag)].map(({ key, asn1 }) =>
      // The library reads RSA keys into objects of its own, and leaves others as they are.
      key === undefined || key === null ? der(asn1) : der(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key))),
    ),
    certificates: bags(certBag).map(({ cert, asn1 }) =>
      cert === undefined || cert === null ? der(asn1) : der(forge.pki.certificateToAsn1(cert)),
    ),
  };
}
