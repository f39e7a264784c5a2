import { createHash, randomUUID } from "node:crypto";
import { packTarball } from "@release-actions/npm";
import { Refusal, type Routes } from "../http.ts";
import type { Credentials } from "./credentials.ts";
import { type Statement, takeProvenance } from "./provenance.ts";

/** A version that waits for approval, as `npm stage view` shows it. */
export interface Stage {
  readonly id: string;
  readonly packageName: string;
  readonly version: string;
  readonly tag: string;
  readonly shasum: string;
  readonly createdAt: string;
  readonly actor: string;
  readonly status: string;
}

/** The registry that keeps what is public. */
export interface PublicRegistry {
  versions(name: string): Promise<readonly string[] | undefined>;
  put(name: string, document: Buffer): Promise<void>;
}

export interface Staging {
  /** The versions that wait for approval, oldest first. */
  readonly stages: Map<string, Stage>;
  /** How many times each `name@version` was staged. */
  readonly uploads: Map<string, number>;
  /** The names of packages that got a placeholder version. */
  readonly placeholders: Set<string>;
  /** Overrides the status of `name@version`: `validating` or `blocked`. */
  readonly statuses: Map<string, string>;
  readonly routes: Routes;
  /** @throws Refusal when the version waits for approval, because a version cannot be both staged and public. */
  requireFree(name: string, version: string): void;
}

/** Staged publishing, written from npm's documentation and from the requests of npm's client (npm/cli, lib/commands/stage). */
export function openStaging(
  registry: PublicRegistry,
  credentials: Credentials,
  provenance: Map<string, Statement>,
): Staging {
  const stages = new Map<string, Stage>();
  const documents = new Map<string, Buffer>();
  const uploads = new Map<string, number>();
  const placeholders = new Set<string>();
  const statuses = new Map<string, string>();

  const find = (id = ""): Stage => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new Refusal(400, { error: "not a UUID" });
    const found = stages.get(id);
    if (found === undefined) throw new Refusal(404, { error: "Stage not found" });
    return found;
  };
  const waits = (name: string, version: string): Stage | undefined =>
    [...stages.values()].find((stage) => stage.packageName === name && stage.version === version);
  const otpOf = (headers: Readonly<Record<string, unknown>>): string | undefined => {
    const otp = headers["npm-otp"];
    return typeof otp === "string" ? otp : undefined;
  };

  const routes: Routes = {
    "POST /-/stage/package/*name": async ({ params, headers, body: sent }) => {
      const name = params["name"] ?? "";
      credentials.require(headers.authorization, "stage", name, undefined);
      let body: Buffer;
      try {
        body = takeProvenance(sent, provenance);
      } catch (error) {
        throw new Refusal(422, { error: `Error verifying sigstore provenance bundle: ${error}` });
      }
      const { version, tag, tarball } = readDocument(body, name);
      const existing = await registry.versions(name);
      if (existing?.includes(version) || waits(name, version) !== undefined) {
        // The registry has the same message for both cases (npm/cli#9519).
        throw new Refusal(409, { error: `Cannot stage previously published version "${version}"` });
      }
      if (existing === undefined) {
        await registry.put(name, await placeholder(name));
        placeholders.add(name);
      }
      const id = randomUUID();
      const shasum = createHash("sha1").update(tarball).digest("hex");
      const about = { createdAt: new Date().toISOString(), actor: "dev", status: "staged" };
      stages.set(id, { id, packageName: name, version, tag, shasum, ...about });
      documents.set(id, body);
      const key = `${name}@${version}`;
      uploads.set(key, (uploads.get(key) ?? 0) + 1);
      return { status: 201, body: { stageId: id } };
    },
    "GET /-/stage": ({ query, headers }) => {
      credentials.requirePerson(headers.authorization);
      const name = query.get("package");
      const all = [...stages.values()].filter((stage) => name === null || stage.packageName === name);
      const [page, size] = [Number(query.get("page") ?? 0), Number(query.get("perPage") ?? 20)];
      return { status: 200, body: { items: all.slice(page * size, (page + 1) * size), total: all.length } };
    },
    "GET /-/stage/:id": ({ params, headers }) => {
      credentials.requirePerson(headers.authorization);
      return { status: 200, body: find(params["id"]) };
    },
    "GET /-/stage/:id/tarball": ({ params, headers }) => {
      credentials.requirePerson(headers.authorization);
      const { id, packageName } = find(params["id"]);
      const { tarball } = readDocument(documents.get(id) ?? Buffer.alloc(0), packageName);
      return { status: 200, headers: { "Content-Type": "application/octet-stream" }, body: tarball };
    },
    "POST /-/stage/:id/approve": async ({ params, headers }) => {
      credentials.requireOtp(headers.authorization, otpOf(headers));
      const { id, packageName, version } = find(params["id"]);
      if (statuses.get(`${packageName}@${version}`) === "validating") {
        throw new Refusal(409, { error: "The package is still being validated" });
      }
      await registry.put(packageName, documents.get(id) ?? Buffer.alloc(0));
      stages.delete(id);
      return { status: 200, body: {} };
    },
    "DELETE /-/stage/:id": ({ params, headers }) => {
      credentials.requireOtp(headers.authorization, otpOf(headers));
      stages.delete(find(params["id"]).id);
      return { status: 204 };
    },
    "GET /-/package/*name/version/:version/status": async ({ params, headers }) => {
      const [name = "", version = ""] = [params["name"], params["version"]];
      credentials.requirePerson(headers.authorization);
      const said = statuses.get(`${name}@${version}`);
      if (said !== undefined) return { status: 200, body: { status: said } };
      if (waits(name, version) !== undefined) return { status: 200, body: { status: "staged" } };
      if ((await registry.versions(name))?.includes(version)) return { status: 200, body: { status: "published" } };
      throw new Refusal(404, { error: "Not found" });
    },
  };
  return {
    stages,
    uploads,
    placeholders,
    statuses,
    routes,
    requireFree: (name, version) => {
      if (waits(name, version) === undefined) return;
      throw new Refusal(409, { error: `Cannot publish over previously staged version "${version}".` });
    },
  };
}

interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
}

/** Reads the document that npm sends to publish or stage one version. @throws Refusal when it is something else. */
export function readDocument(body: Buffer, name: string): { version: string; tag: string; tarball: Buffer } {
  const document = JSON.parse(body.toString("utf8"));
  const [version, ...others] = Object.keys(document.versions ?? {});
  const [[tag, tagged] = []] = Object.entries(document["dist-tags"] ?? {});
  const attachment = document._attachments?.[`${name}-${version}.tgz`];
  const tarball = Buffer.from(attachment?.data ?? "", "base64");
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  if (
    document.name !== name ||
    version === undefined ||
    others.length > 0 ||
    tag === undefined ||
    tagged !== version ||
    tarball.length !== attachment?.length ||
    document.versions[version].dist?.integrity !== integrity
  ) {
    throw new Refusal(400, { error: "Bad Request" });
  }
  return { version, tag, tarball };
}

/** The placeholder version that the registry publishes for a new package that is only staged. */
async function placeholder(name: string): Promise<Buffer> {
  const version = "0.0.0-stage";
  return await publishDocument({ name, version, description: "Temporary package placeholder for staged publishing" });
}

/** The document that npm sends to publish a package that contains only its manifest. */
export async function publishDocument(manifest: PublishedManifest): Promise<Buffer> {
  const { name, version } = manifest;
  const content = Buffer.from(JSON.stringify(manifest));
  const tarball = Buffer.from(await packTarball(new Map([["package.json", { content, executable: false }]])));
  const dist = {
    integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    shasum: createHash("sha1").update(tarball).digest("hex"),
    tarball: `http://localhost/${name}/-/${name}-${version}.tgz`,
  };
  return Buffer.from(
    JSON.stringify({
      ...{ _id: name, name, "dist-tags": { latest: version } },
      versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
      _attachments: {
        [`${name}-${version}.tgz`]: {
          ...{ content_type: "application/octet-stream", data: tarball.toString("base64"), length: tarball.length },
        },
      },
    }),
  );
}
