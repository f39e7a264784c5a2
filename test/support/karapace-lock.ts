/** The lock file that karapace writes for a manifest with nothing but the base image `rolling`. */
export function karapaceLock(id: string): string {
  return `lock_version = 2
env_id = "${id}"
short_id = "${id.slice(0, 12)}"
base_image = "rolling"
base_image_digest = "sha256:abc123"
resolved_packages = []
resolved_apps = []
runtime_backend = "mock"
hardware_gpu = false
hardware_audio = false
network_isolation = false
mounts = []
`;
}
