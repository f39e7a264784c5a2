import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { ArtifactFileReader } from "@release-actions/dist-plan";
import type { LedgerStore } from "@release-actions/ledger";
import { RunError, type RunServices } from "./facts.ts";

/** Access to the artifacts of the current run, for publishers. */
export interface RunArtifacts extends LedgerStore {
  /** False when there is no artifact service, as outside GitHub Actions; reading is then an error. */
  readonly isAvailable: boolean;
  readonly read: ArtifactFileReader;
  /** The files of an artifact; empty when the artifact does not exist. */
  readonly files: (artifact: string) => Promise<readonly string[]>;
  /** Writes one file of an artifact, of any size, to a path. False when the file does not exist. */
  readonly save: (artifact: string, file: string, path: string) => Promise<boolean>;
}

/** Manifests, formulae, checksum lists and ledgers are read whole; archives are saved. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Opens the artifacts of the run that the environment names. The network client is loaded only when it is needed. */
export function runArtifacts(services: RunServices): RunArtifacts {
  const { env } = services;
  const url = env["ACTIONS_RESULTS_URL"] ?? "";
  const token = env["ACTIONS_RUNTIME_TOKEN"] ?? "";
  const isAvailable = url !== "" && token !== "";
  let service: Promise<Service> | undefined;
  const connect = (): Promise<Service> => {
    if (!isAvailable) {
      const missing = url === "" ? "ACTIONS_RESULTS_URL" : "ACTIONS_RUNTIME_TOKEN";
      throw new RunError(`the artifacts of this run cannot be reached: ${missing} is not set`, {
        advice: "Run this as an action in a workflow, or give files instead of artifacts.",
      });
    }
    service ??= openService(url, token, services);
    return service;
  };
  return {
    isAvailable,
    list: async (prefix) => (await connect()).list(prefix),
    read: async (artifact, file) => (await connect()).read(artifact, file),
    files: async (artifact) => (await connect()).files(artifact),
    save: async (artifact, file, place) => (await connect()).save(artifact, file, place),
    upload: async (artifact, file, content) => (await connect()).upload(artifact, file, content),
  };
}

type Service = Omit<RunArtifacts, "isAvailable">;

async function openService(url: string, token: string, services: RunServices): Promise<Service> {
  const [remote, archive, { createTransport }] = await Promise.all([
    import("@release-actions/artifacts"),
    import("@release-actions/archive"),
    import("@release-actions/http"),
  ]);
  const { signal } = services;
  const transport = createTransport({ ...services.env });
  const results = remote.createResultsService({ url, token, transport });
  const options = { results, transport, reporter: services, signal };

  const open = async (name: string) => {
    const [newest] = await results.list({ name }, signal);
    if (newest === undefined) return undefined;
    const artifact = await remote.openArtifact(newest, options);
    const source =
      artifact.kind === "ranged" ? artifact.source : archive.memorySource(await collect(artifact.stream(signal), name));
    return { source, entries: await archive.openZip(source, signal) };
  };
  // Cached, because several files are read from one artifact, and an artifact does not change.
  const opened = new Map<string, ReturnType<typeof open>>();
  const openOnce = (name: string): ReturnType<typeof open> => {
    const content = opened.get(name) ?? open(name);
    opened.set(name, content);
    return content;
  };
  const find = async (name: string, file: string) => {
    const found = await openOnce(name);
    const entry = found?.entries.find((candidate) => candidate.path === file);
    return found === undefined || entry === undefined ? undefined : archive.readZipEntry(found.source, entry, signal);
  };
  return {
    list: async (prefix) => {
      const names = (await results.list({}, signal)).map(({ name }) => name).filter((name) => name.startsWith(prefix));
      return [...new Set(names)].sort();
    },
    read: async (name, file) => {
      const content = await find(name, file);
      return content && collect(content, `${file} of ${name}`);
    },
    files: async (name) => (await openOnce(name))?.entries.map((entry) => entry.path) ?? [],
    save: async (name, file, place) => {
      const content = await find(name, file);
      if (content === undefined) return false;
      await pipeline(content, createWriteStream(place), { signal });
      return true;
    },
    upload: async (name, file, content) => {
      const local = path.join(await services.tempFolder("upload"), file);
      await writeFile(local, content);
      await remote.uploadArtifact({ name, file: local, format: "zip", retentionDays: 0, ifExists: "same" }, options);
    },
  };
}

async function collect(stream: AsyncIterable<Uint8Array>, what: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > MAX_FILE_BYTES) throw new RunError(`${what} has more than ${MAX_FILE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
