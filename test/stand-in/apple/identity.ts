import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@release-actions/command";

/** Certificates in the form of Apple's, made with openssl in a folder of their own. They contain nothing from Apple. */
export interface SigningIdentity {
  readonly folder: string;
  readonly teamId: string;
  readonly commonName: string;
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
  /** The intermediate certificate that issued the certificate: PEM and DER. */
  readonly authority: string;
  readonly authorityDer: string;
  readonly rootDer: string;
  /** PKCS #12 with key and certificate, and the password that opens it. */
  readonly p12: string;
  readonly password: string;
  readonly passwordFile: string;
}

export interface IdentityOptions {
  readonly teamId?: string;
  /** The marker extension of the leaf. Default: Developer ID Application. */
  readonly marker?: string;
  /** Days until the certificate expires; negative for an expired one. */
  readonly days?: number;
  /** Whether to use the encryption that Keychain Access still exports with: RC2 and triple DES. */
  readonly legacyP12?: boolean;
  /** Common names of the issuers. */
  readonly authorityName?: string;
  readonly rootName?: string;
}

const DEVELOPER_ID_APPLICATION = "1.2.840.113635.100.6.1.13";
const DEVELOPER_ID_AUTHORITY = "1.2.840.113635.100.6.2.6";

/** Makes root, intermediate, leaf and .p12 in `folder`. */
export async function makeIdentity(folder: string, options: IdentityOptions = {}): Promise<SigningIdentity> {
  const { teamId = "TEAMID1234", marker = DEVELOPER_ID_APPLICATION, days = 1000 } = options;
  const { authorityName = "Example Developer ID CA", rootName = "Example Root CA" } = options;
  const commonName = `Developer ID Application: Example (${teamId})`;
  const at = (name: string): string => join(folder, name);
  await mkdir(folder, { recursive: true });

  await selfSigned(folder, "root", `/C=US/O=Example Inc./CN=${rootName}`);
  await issue(folder, {
    name: "authority",
    subject: `/C=US/O=Example Inc./OU=Example Certification Authority/CN=${authorityName}`,
    issuer: "root",
    extensions: ["basicConstraints=critical,CA:TRUE", `${DEVELOPER_ID_AUTHORITY}=ASN1:NULL`],
    days: 3000,
  });
  await issue(folder, {
    name: "leaf",
    subject: `/UID=${teamId}/CN=${commonName}/OU=${teamId}/O=Example/C=US`,
    issuer: "authority",
    extensions: [
      "keyUsage=critical,digitalSignature",
      "extendedKeyUsage=critical,codeSigning",
      `${marker}=critical,ASN1:NULL`,
    ],
    days,
  });
  for (const name of ["authority", "root"]) {
    await openssl(folder, `x509 -in ${name}.pem -outform der -out ${name}.der`);
  }
  const password = "correct horse";
  await writeFile(at("password"), password, { mode: 0o600 });
  const files = "-inkey leaf.key -in leaf.pem -certfile authority.pem -out leaf.p12 -passout file:password";
  await openssl(folder, `pkcs12 -export ${files}`, options.legacyP12 === true ? ["-legacy"] : []);
  return {
    folder,
    teamId,
    commonName,
    certificate: at("leaf.pem"),
    key: at("leaf.key"),
    authority: at("authority.pem"),
    authorityDer: at("authority.der"),
    rootDer: at("root.der"),
    p12: at("leaf.p12"),
    password,
    passwordFile: at("password"),
  };
}

/** Runs `openssl` in a folder with a command line, which is split at spaces, and `more` arguments. */
export async function openssl(folder: string, line: string, more: readonly string[] = []): Promise<void> {
  await runCommand("openssl", [...line.split(" "), ...more], { cwd: folder });
}

const newKey = (name: string): string => `-newkey rsa:2048 -nodes -keyout ${name}.key`;

/** Creates a key and a self-signed certificate: `<name>.key` and `<name>.pem`. */
export async function selfSigned(folder: string, name: string, subject: string): Promise<void> {
  const options = "-days 3650 -addext keyUsage=critical,keyCertSign";
  await openssl(folder, `req -x509 ${newKey(name)} -out ${name}.pem ${options}`, ["-subj", subject]);
}

export interface Issue {
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  readonly extensions: readonly string[];
  readonly days: number;
}

/** A key and a certificate from the issuer of that name. */
export async function issue(folder: string, { name, subject, issuer, extensions, days }: Issue): Promise<void> {
  await writeFile(join(folder, `${name}.cnf`), `[ext]\n${extensions.join("\n")}\n`);
  await openssl(folder, `req -new ${newKey(name)} -out ${name}.csr`, ["-subj", subject]);
  const signer = `-CA ${issuer}.pem -CAkey ${issuer}.key -CAcreateserial -days ${days}`;
  await openssl(folder, `x509 -req -in ${name}.csr ${signer} -extfile ${name}.cnf -extensions ext -out ${name}.pem`);
}
