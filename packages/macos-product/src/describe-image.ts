import {
  bestCodeDirectory,
  hasFlag,
  type ImageReport,
  SIGNATURE_FLAGS,
  type SignatureFlag,
  signerOf,
} from "@release-actions/macho";

/** What is told of one architecture of a program. Holds none of its bytes. */
export interface CheckedImage {
  readonly architecture: string;
  readonly identifier: string | undefined;
  readonly teamId: string | undefined;
  /** The name of the certificate that signed. */
  readonly authority: string | undefined;
  /** Forty hex characters; undefined when it is not signed. */
  readonly cdhash: string | undefined;
  readonly flags: readonly SignatureFlag[];
  /** ISO 8601, of the secure timestamp. */
  readonly timestamp: string | undefined;
  readonly minimumOs: string | undefined;
  readonly sdk: string | undefined;
  readonly uuid: string | undefined;
}

const FLAGS = Object.keys(SIGNATURE_FLAGS) as SignatureFlag[]; // The keys of a literal object.

export function describeImage({ image, signature }: ImageReport): CheckedImage {
  const directory = signature && bestCodeDirectory(signature);
  const signer = signature && signerOf(signature);
  return {
    architecture: image.architecture,
    identifier: directory?.identifier,
    teamId: directory?.teamId,
    authority: signer?.certificate?.commonName,
    cdhash: directory?.cdhash,
    flags: directory === undefined ? [] : FLAGS.filter((flag) => hasFlag(directory, flag)),
    timestamp: signer?.timestamp?.time.toISOString(),
    minimumOs: image.build?.minimumOs,
    sdk: image.build?.sdk,
    uuid: image.uuid,
  };
}
