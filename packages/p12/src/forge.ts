type Library = typeof import("node-forge");
export type Asn1 = import("node-forge").asn1.Asn1;

/** The library, with a part that is public but missing in its types. */
export type Forge = Library & {
  readonly pki: {
    readonly pbe: {
      getCipher(
        oid: string,
        parameters: Asn1 | undefined,
        password: string | null,
      ): import("node-forge").cipher.BlockCipher;
    };
  };
};

/** The values in a constructed value; none if it is absent or primitive. */
export function partsOf(value: Asn1 | undefined): Asn1[] {
  return Array.isArray(value?.value) ? value.value : [];
}

/** The content of a primitive value; empty if it is absent or constructed. */
export function bytesOf(value: Asn1 | undefined): Buffer {
  return Buffer.from(typeof value?.value === "string" ? value.value : "", "binary");
}

/** A whole number of at most six bytes. */
export function numberOf(value: Asn1 | undefined): number {
  const bytes = bytesOf(value);
  return bytes.readUIntBE(0, bytes.length);
}

/** An object identifier in dotted form; empty if the value is none. */
export function oidOf(forge: Forge, value: Asn1 | undefined): string {
  return value?.type === forge.asn1.Type.OID && typeof value.value === "string" ? forge.asn1.derToOid(value.value) : "";
}
