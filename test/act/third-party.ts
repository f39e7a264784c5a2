import path from "node:path";

const standIn = (name: string): string => path.join(import.meta.dirname, "third-party", name);

/**
 * Stand-ins for the few third-party actions that our workflows use, by the exact reference they are pinned to.
 * act itself replaces actions/checkout, except for a checkout of another repository: the stand-in looks for that in
 * the folder that the variable CHECKOUT_REPOSITORIES names.
 */
export const THIRD_PARTY: Readonly<Record<string, string>> = {
  "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1": standIn("checkout"),
  "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a": standIn("upload-artifact"),
  "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c": standIn("download-artifact"),
  "taiki-e/install-action@ba47c86ac325773530516bb756137ac718732518": standIn("install-action"),
  "Swatinem/rust-cache@6323deb102c322ba6fcbdcafc7e3dddab59af2b6": standIn("rust-cache"),
  "actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6": standIn("attest"),
  "docker/metadata-action@dc802804100637a589fabce1cb79ff13a1411302": standIn("docker-metadata"),
};

/** Stand-ins for the actions that our documentation refers to by a tag, as most people do. */
export const THIRD_PARTY_IN_PAGES: Readonly<Record<string, string>> = {
  "actions/checkout@v7": standIn("checkout"),
  "docker/setup-buildx-action@v4": standIn("setup-buildx"),
  "taiki-e/install-action@v2": standIn("install-action"),
};

/** The variable that tells the stand-ins where the artifact client is. Without it they print what they would do. */
export const ARTIFACT_CLIENT = {
  STAND_IN_ARTIFACT_CLIENT: path.join(import.meta.dirname, "../stand-in/published/artifact-client.ts"),
};
