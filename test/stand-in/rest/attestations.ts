import type { Routes } from "../http.ts";
import type { World } from "../world.ts";
import { authorize, notFound } from "./authorize.ts";

/** Attestations by the digest of their subject: docs.github.com/rest/repos/attestations. */
export function attestationRoutes(world: World): Routes {
  return {
    "GET /repos/:owner/:repo/attestations/:digest": (request) => {
      const repository = authorize(world, request, "attestations", "read");
      const bundles = repository.attestations.get(request.params["digest"] ?? "");
      if (bundles === undefined) throw notFound();
      const attestations = bundles.map((bundle) => ({ bundle, repository_id: repository.id }));
      return { status: 200, body: { attestations } };
    },
  };
}
