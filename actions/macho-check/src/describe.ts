import path from "node:path";
import { bestCodeDirectory, hasFlag, SIGNATURE_FLAGS, type SignatureFlag, signerOf } from "@release-actions/macho";
import type { CheckedProduct } from "@release-actions/macos-product";

/** One architecture of one binary, as the output `binaries` lists it. */
export interface BinaryRow {
  readonly file: string;
  /** Inside the archive or bundle; empty for a bare file. */
  readonly path: string;
  readonly architecture: string;
  readonly identifier: string | undefined;
  readonly teamId: string | undefined;
  readonly authority: string | undefined;
  readonly cdhash: string | undefined;
  readonly flags: readonly string[];
  /** ISO 8601, of the secure timestamp. */
  readonly timestamp: string | undefined;
  readonly minimumOs: string | undefined;
  readonly sdk: string | undefined;
  readonly uuid: string | undefined;
}

const FLAGS = Object.keys(SIGNATURE_FLAGS) as SignatureFlag[]; // The keys of a literal object.

export function describeBinaries({ product, binaries }: CheckedProduct): BinaryRow[] {
  return binaries.flatMap((binary) =>
    binary.images.map(({ image, signature }) => {
      const directory = signature && bestCodeDirectory(signature);
      const signer = signature && signerOf(signature);
      return {
        file: path.basename(product.path),
        path: binary.path,
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
    }),
  );
}
