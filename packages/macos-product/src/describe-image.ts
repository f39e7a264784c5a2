import {
  bestCodeDirectory,
  hasFlag,
  type ImageReport,
  SIGNATURE_FLAGS,
  type SignatureFlag,
  signerOf,
} from "@release-actions/macho";

/** What is reported about one architecture of a program, without its bytes. */
export interface CheckedImage {
  readonly architecture: string;
  readonly identifier: string | undefined;
  readonly teamId: string | undefined;
  /** The name of the signing certificate. */
  readonly authority: string | undefined;
  /** Forty hex characters; undefined when it is not signed. */
  readonly cdhash: string | undefined;
  readonly flags: readonly SignatureFlag[];
  /** The time of the secure timestamp, ISO 8601. */
  readonly timestamp: string | undefined;
  readonly minimumOs: string | undefined;
  readonly sdk: string | undefined;
  readonly uuid: string | undefined;
}

const FLAGS = Object.keys(SIGNATURE_FLAGS) as SignatureFlag[]; // These are the keys of a literal object.

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
