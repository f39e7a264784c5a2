import type { Certificate } from "./certificate.ts";

/** The authorities that are trusted. */
export interface Authorities {
  /** Keys (`Certificate.keyFingerprint`) that issue Developer ID certificates. */
  readonly developerId: ReadonlySet<string>;
  /** Keys that issue certificates for time-stamping. */
  readonly timestamps: ReadonlySet<string>;
  /** Root certificates (`Certificate.fingerprint`), whose keys never change. */
  readonly roots: ReadonlySet<string>;
}

/** With `any`, the issuer of a certificate is not checked, only its kind. */
export type AuthorityPolicy = Authorities | "any";

/**
 * Apple's authorities (https://www.apple.com/certificateauthority/): Developer ID Certification Authority (until
 * 2027-02-01) and its G2 (until 2031-09-17), Apple Timestamp Certification Authority, and the roots Apple Root CA, G2
 * and G3.
 */
export const APPLE_AUTHORITIES: Authorities = {
  developerId: new Set([
    "80dbfb97bdd3926baee41f73c5588faa17d707b03adf4907a2bc677f3ef1717c",
    "b8bb88c2beb15b6ae34580dcfe7d4458be18fa73313134ccde44cb9c0d1e3ec2",
  ]),
  timestamps: new Set(["feac7b9c8d2650012b4a60774c45efba49b09012a81f75e8d67be57f2443958b"]),
  roots: new Set([
    "b0b1730ecbc7ff4505142c49f1295e6eda6bcaed7e2c68c5be91b5a11001f024",
    "c2b9b042dd57830e7d117dac55ac8ae19407d38e41d88f3215bc3a890444a050",
    "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179",
  ]),
};

/** Apple's authorities and additional ones, such as those of tests or of a company. */
export function withAuthorities(others: readonly Certificate[]): Authorities {
  const keys = others.map(({ keyFingerprint }) => keyFingerprint);
  return {
    developerId: new Set([...APPLE_AUTHORITIES.developerId, ...keys]),
    timestamps: new Set([...APPLE_AUTHORITIES.timestamps, ...keys]),
    roots: APPLE_AUTHORITIES.roots,
  };
}
