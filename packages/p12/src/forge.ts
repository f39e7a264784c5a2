export type Forge = typeof import("node-forge");
export type Asn1 = import("node-forge").asn1.Asn1;
