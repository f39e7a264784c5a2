import type { Engine } from "@release-actions/docker";
import { Fault } from "@release-actions/report";

/** Refuses an engine that does not keep its images in containerd, for jobs that count on what only that can do. */
export function requireSnapshotter({ containerdStore, product, version, storageDriver }: Engine): void {
  if (containerdStore) return;
  throw new Fault(`${product} ${version} keeps its images in ${storageDriver}, and \`snapshotter\` is \`require\``, {
    advice:
      'Put this into /etc/docker/daemon.json and restart the engine (`sudo systemctl restart docker`), or leave `snapshotter` at `auto`:\n{\n  "features": { "containerd-snapshotter": true }\n}',
  });
}
