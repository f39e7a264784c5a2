/** The name of a blob in a `dir:` folder, with the algorithm as prefix unless that is SHA-256 (containers-transports(5)). */
export const TRANSPORT_BLOB = /^(?:(sha512)-)?([0-9a-f]{64,128})(?:\.manifest\.json)?$/;

/** The other files of a `dir:` folder. */
const OTHER_FILE = /^(?:version|manifest\.json|signature-\d+)$/;

/** Whether these are the files of a folder that skopeo or podman wrote with `dir:`, and no others. */
export function isTransportFolder(paths: readonly string[]): boolean {
  return (
    ["version", "manifest.json"].every((name) => paths.includes(name)) &&
    paths.every((path) => OTHER_FILE.test(path) || TRANSPORT_BLOB.test(path))
  );
}
