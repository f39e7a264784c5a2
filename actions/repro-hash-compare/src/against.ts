import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { openFileSource } from "@release-actions/archive";
import { openArtifact } from "@release-actions/artifacts";
import { ALGORITHMS, byCodeUnit, parseManifest, parseSums, type SumsEntry } from "@release-actions/digest";
import { createFetch } from "@release-actions/http";
import { countOf, Fault } from "@release-actions/report";
import {
  type Build,
  buildOf,
  openRecordArchive,
  parseAttestation,
  type RecordedBuild,
  recordBuild,
  resolveSums,
  selectedBy,
  windowBefore,
  windowOfFile,
} from "@release-actions/reproducibility";
import picomatch from "picomatch";
import type { ActionRunner } from "./action.gen.ts";
import { artifactService } from "./keep.ts";

const MAX_LIST_BYTES = 64 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 60_000;

/** A checksum list whose algorithm is not chosen yet. */
interface UnresolvedList {
  readonly name: string;
  readonly entries: readonly SumsEntry[];
}

/** Opens everything that `against` names; the recorded build comes first. Each line must name something that exists. */
export async function openBuilds(runner: ActionRunner, recorded: RecordedBuild | undefined): Promise<Build[]> {
  const opened: (Build | UnresolvedList)[] = [];
  for (const line of runner.inputs.against) {
    const isThere = statSync(line, { throwIfNoEntry: false }) !== undefined;
    const [, name, place = line] = isThere ? [] : (/^([\w.-]+)=(.+)$/.exec(line) ?? []);
    opened.push(...(await openCounterpart(place, name ?? place, runner)));
  }
  const builds = await resolveLists(opened, recorded, runner);
  const twice = builds.find(({ name }, index) => builds.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw new Fault(`\`against\` names ${twice.name} twice`);
  return builds;
}

async function resolveLists(
  opened: readonly (Build | UnresolvedList)[],
  recorded: RecordedBuild | undefined,
  runner: ActionRunner,
): Promise<Build[]> {
  let own = recorded;
  const builds: Build[] = [];
  for (const one of opened) {
    if (!("entries" in one)) builds.push(one);
    else if (own === undefined) builds.push(listAlone(one));
    else {
      const resolved = await resolveSums(one.name, one.entries, own, runner.signal);
      own = resolved.recorded;
      builds.push(resolved.list);
      const matched = [...resolved.matched].map(([algorithm, count]) => `${count} by ${algorithm}`).join(", ");
      runner.info(`${one.name}: a list of ${countOf(one.entries.length, "checksum")}; equal: ${matched || "none"}`);
    }
  }
  return own === undefined ? builds : [own, ...builds];
}

/** Opens a list when there is no recorded build: its algorithm is the one that the list or its name states. */
function listAlone({ name, entries }: UnresolvedList): Build {
  const named = /b3sum|blake3|\.b3\b/i.test(name)
    ? "blake3"
    : /b2sum|blake2|\.b2\b/i.test(name)
      ? "blake2b"
      : undefined;
  const files = new Map(
    entries.map(({ path: file, hex, algorithms }) => {
      const algorithm = algorithms.find((one) => one === named) ?? algorithms[0] ?? "sha256";
      return [file, { kind: "file", digests: { [algorithm]: hex } } as const];
    }),
  );
  return { name, files, context: new Map(), isPartial: true, open: async () => undefined };
}

async function openCounterpart(
  place: string,
  name: string,
  runner: ActionRunner,
): Promise<readonly (Build | UnresolvedList)[]> {
  if (/^https?:/.test(place)) {
    const url = new URL(place);
    const text = await fetchText(url, runner);
    const source = path.posix.basename(url.pathname);
    return [{ name, entries: parseAttestation(text, source) ?? parseSums(text, source) }];
  }
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return [await openFolder(place, name, runner)];
  if (stats?.isFile()) return [await openFile(place, name)];
  return await openArtifacts(place, runner);
}

/** Opens a folder as a build; if `paths` is set, with only those of its files that match it. */
async function openFolder(folder: string, name: string, runner: ActionRunner): Promise<Build> {
  const algorithms = runner.inputs.algorithm === "both" ? ALGORITHMS : [runner.inputs.algorithm];
  const { paths } = runner.inputs;
  return await recordBuild([folder], process.cwd(), {
    name,
    algorithms,
    context: new Map(),
    reporter: runner,
    signal: runner.signal,
    ...(paths.length === 0 ? {} : { only: selectedBy(paths, process.cwd()) }),
  });
}

async function openFile(file: string, name: string): Promise<Build | UnresolvedList> {
  if (file.endsWith(".tar")) return await openRecordArchive(name, await openFileSource(file));
  const advice = "To compare with other files, name the folder that they are in.";
  const { size } = statSync(file);
  if (size > MAX_LIST_BYTES)
    throw new Fault(`${file} has ${countOf(size, "byte")}, expected a manifest, a checksum list or an attestation`, {
      advice,
    });
  const bytes = readFileSync(file);
  if (isBinary(bytes))
    throw new Fault(`${file} is a binary file, expected a manifest, a checksum list or an attestation`, { advice });
  const text = bytes.toString("utf8");
  const attested = /^\s*[[{]/.test(text) ? parseAttestation(text, file) : undefined;
  if (attested !== undefined) return { name, entries: attested };
  if (!text.trimStart().startsWith("{")) return { name, entries: parseSums(bytes, file) };
  // The files that a manifest lists may be in the same folder.
  const folder = path.dirname(path.resolve(file));
  const build = buildOf(name, parseManifest(text, file), async (entry) => {
    const found = path.join(folder, entry);
    return statSync(found, { throwIfNoEntry: false })?.isFile() ? await openFileSource(found) : undefined;
  });
  return { ...build, builtAt: (entry) => windowOfFile(path.join(folder, entry)) };
}

/** Whether a file begins with bytes that text does not have. UTF-16 is text, and begins with a byte order mark. */
function isBinary(bytes: Uint8Array): boolean {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return !isUtf16 && bytes.subarray(0, 1024).some((byte) => byte > 0 && byte < 9);
}

async function fetchText(url: URL, { env, signal }: ActionRunner): Promise<string> {
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !isLocal)
    throw new Fault(`${url.origin} is not https: checksums could be replaced in transit`);
  const response = await createFetch(env)(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]),
  });
  const shown = `${url.origin}${url.pathname}`;
  if (!response.ok) throw new Fault(`${shown} answered ${response.status}, expected a list of checksums`);
  const text = await response.text();
  if (text.length > MAX_LIST_BYTES) throw new Fault(`${shown} has more than ${MAX_LIST_BYTES} characters`);
  return text;
}

/** Opens the artifacts of this run whose names match; of several with the same name, the newest. */
async function openArtifacts(pattern: string, runner: ActionRunner): Promise<Build[]> {
  const { results, transport } = artifactService(runner);
  const listed = await results.list({}, runner.signal);
  const matches = picomatch(pattern, { dot: true });
  const newest = new Map([...listed].reverse().map((artifact) => [artifact.name, artifact]));
  const wanted = [...newest.values()].filter(({ name }) => matches(name)).sort((a, b) => byCodeUnit(a.name, b.name));
  if (wanted.length === 0) {
    const names = [...newest.keys()].join(", ") || "none";
    throw new Fault(
      `\`against\` has "${pattern}", which is not a folder, a file or an artifact of this run (${names})`,
      {
        advice: "In `needs`, list the jobs that upload the manifests; the pattern must match their `upload-as`.",
      },
    );
  }
  const builds: Build[] = [];
  for (const location of wanted) {
    const artifact = await openArtifact(location, { transport, reporter: runner, signal: runner.signal });
    if (artifact.kind === "sequential")
      throw new Fault(`artifact ${location.name} cannot be read by ranges from this server`);
    const build = await openRecordArchive(location.name, artifact.source);
    const { createdAt } = location;
    builds.push(createdAt === undefined ? build : { ...build, builtAt: () => windowBefore(createdAt.getTime()) });
  }
  return builds;
}
