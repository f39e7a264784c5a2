import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Authorities, parseCertificate, withAuthorities } from "@release-actions/macho";
import { ProductError } from "./product.ts";

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Apple's authorities, and those whose certificates are in the files (any number in PEM, or one in DER).
 *
 * @throws ProductError that names a file without a certificate
 */
export async function readAuthorities(files: readonly string[]): Promise<Authorities> {
  const found = await Promise.all(files.map(readCertificates));
  return withAuthorities(await Promise.all(found.flat().map(({ raw }) => parseCertificate(raw))));
}

async function readCertificates(file: string): Promise<X509Certificate[]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new ProductError(`the certificate ${file} cannot be read`, { cause });
  });
  const blocks = bytes.toString("latin1").match(PEM_CERTIFICATE);
  try {
    return (blocks ?? [bytes]).map((one) => new X509Certificate(one));
  } catch (cause) {
    throw new ProductError(`${file} is not a certificate: expected PEM or DER`, { cause });
  }
}
