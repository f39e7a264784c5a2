import type { Routes } from "../http.ts";
import type { CheckRun } from "../model.ts";
import type { World } from "../world.ts";
import { authorize } from "./authorize.ts";
import { resolveCommit } from "./git.ts";
import { counted } from "./paginate.ts";

/** Check runs of a commit: docs.github.com/rest/checks/runs. Names inside a called workflow are `caller / callee`. */
export function checkRoutes(world: World): Routes {
  return {
    "GET /repos/:owner/:repo/commits/:ref/check-runs": (request) => {
      const repository = authorize(world, request, "checks", "read");
      const sha = resolveCommit(repository, request.params["ref"] ?? "").sha;
      const [name, status] = [request.query.get("check_name"), request.query.get("status")];
      const found = repository.checkRuns
        .filter((check) => check.headSha === sha)
        .filter((check) => name === null || check.name === name)
        .filter((check) => status === null || check.status === status);
      const listed = request.query.get("filter") === "all" ? found : latestOfEachName(found);
      return counted(request, world.publicOrigin, "check_runs", listed.reverse().map(checkJson));
    },
  };
}

function latestOfEachName(checks: readonly CheckRun[]): CheckRun[] {
  return [...new Map(checks.map((check) => [`${check.app}\n${check.name}`, check])).values()];
}

function checkJson(check: CheckRun): Record<string, unknown> {
  return {
    ...{ id: check.id, name: check.name, head_sha: check.headSha, app: { slug: check.app } },
    ...{ status: check.status, conclusion: check.conclusion ?? null },
    ...{ details_url: check.detailsUrl, html_url: check.detailsUrl },
  };
}
