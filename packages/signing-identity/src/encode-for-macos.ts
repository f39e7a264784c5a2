import { type SigningIdentity, SigningIdentityError } from "./identity.ts";

/**
 * Encodes an identity with the old PKCS #12 encryption, the only one that `security import` understands on every macOS.
 * @param password needed only until the import, so a random one is fine
 */
export async function encodeForMacos(identity: SigningIdentity, password: string): Promise<Buffer> {
  const { default: forge } = await import("node-forge");
  if (identity.key.asymmetricKeyType !== "rsa") {
    throw new SigningIdentityError(
      `the key is of the kind ${identity.key.asymmetricKeyType}; Developer ID keys are RSA`,
    );
  }
  const key = forge.pki.privateKeyFromPem(identity.key.export({ type: "pkcs1", format: "pem" }).toString());
  const certificates = [identity.certificate, ...identity.chain].map(({ x509 }) =>
    forge.pki.certificateFromPem(x509.toString()),
  );
  const encoded = forge.pkcs12.toPkcs12Asn1(key, certificates, password, { algorithm: "3des" });
  return Buffer.from(forge.asn1.toDer(encoded).getBytes(), "binary");
}
