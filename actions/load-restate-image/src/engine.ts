import { type Engine, findEngine } from "@release-actions/docker";
import { Fault, type Reporter } from "@release-actions/report";
import type { Inputs } from "./inputs.ts";

/** Finds the engine, and refuses one that the inputs do not allow. */
export async function prepareEngine(
  { requireSnapshotter }: Inputs,
  { reporter, signal }: { readonly reporter: Reporter; readonly signal: AbortSignal },
): Promise<Engine> {
  const engine = await findEngine({ reporter, signal });
  if (requireSnapshotter && !engine.containerdStore) throw lacksSnapshotter(engine);
  return engine;
}

/** The error for jobs that need an engine with its images in containerd, when the engine keeps them elsewhere. */
function lacksSnapshotter({ product, version, storageDriver }: Engine): Fault {
  return new Fault(
    `${product} ${version} keeps its images in ${storageDriver}, but \`snapshotter: require\` requires containerd's image store`,
    {
      advice:
        'Put this into /etc/docker/daemon.json and restart the engine (`sudo systemctl restart docker`), or leave `snapshotter` at `auto`:\n{\n  "features": { "containerd-snapshotter": true }\n}',
    },
  );
}
