import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { FileTree } from "@release-actions/example-product";
import type { OwnEngine } from "../../scripts/docker-engine.ts";

/**
 * The environment in which `docker`, buildx included, talks to an engine of ours. This machine's client may lack
 * the buildx plugin, so the client from the engine's own system is used, with the libraries it was built for.
 */
export function dockerEnv(engine: OwnEngine): { readonly env: Readonly<Record<string, string>> } & Disposable {
  const config = new FileTree();
  const pid = engine.client.find((word) => word.startsWith("--target="))?.slice("--target=".length);
  const system = `/proc/${pid}/root`;
  const plugin = config.path("cli-plugins/docker-buildx");
  mkdirSync(config.path("cli-plugins"));
  const loader = `${system}/lib64/ld-linux-x86-64.so.2 --library-path ${system}/usr/lib/x86_64-linux-gnu`;
  writeFileSync(plugin, `#!/bin/sh\nexec ${loader} ${system}/usr/libexec/docker/cli-plugins/docker-buildx "$@"\n`);
  chmodSync(plugin, 0o755);
  return {
    env: { DOCKER_HOST: engine.host, DOCKER_CONFIG: config.root },
    [Symbol.dispose]: () => config[Symbol.dispose](),
  };
}
