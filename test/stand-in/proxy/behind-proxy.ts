import { type GitHub, startGitHub } from "../github.ts";
import { type FaultProxy, startProxy } from "./proxy.ts";

/** GitHub with a proxy in front of its services (REST, results, OIDC) and another before its storage. */
export interface ProxiedGitHub {
  readonly github: GitHub;
  readonly services: FaultProxy;
  readonly storage: FaultProxy;
  /** Removes all faults and limits, for the next test. */
  reset(): void;
  close(): Promise<void>;
}

export async function startGitHubBehindProxy(): Promise<ProxiedGitHub> {
  const github = await startGitHub();
  const [services, storage] = await Promise.all([startProxy(github.origin), startProxy(github.storage.origin)]);
  github.routeThrough({ services: services.origin, storage: storage.origin });
  return {
    github,
    services,
    storage,
    reset: () => {
      services.reset();
      storage.reset();
    },
    close: async () => {
      await Promise.all([services.close(), storage.close()]);
      await github.close();
    },
  };
}
