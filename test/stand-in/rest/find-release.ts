import type { Request } from "../http.ts";
import type { Release, Repository } from "../model.ts";
import { notFound } from "./authorize.ts";

/** The release that the path of a request names. */
export function findRelease(repository: Repository, request: Request): Release {
  const release = repository.releases.find(({ id }) => String(id) === request.params["release"]);
  if (release === undefined) throw notFound();
  return release;
}
