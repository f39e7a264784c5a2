import type { Location, Problem } from "@release-actions/report";
import type { TomlDocument } from "@release-actions/toml";
import { Fields } from "./fields.ts";

const LOCK_VERSION = "2";
const HEX_64 = /^[0-9a-f]{64}$/;
const SHORT_ID_LENGTH = 12;

export interface ResolvedPackage {
  readonly name: string;
  readonly version: string;
}

export interface Mount {
  readonly label: string;
  readonly hostPath: string;
  readonly containerPath: string;
}

/** What a manifest declares and its lock keeps. Limits are decimal digits. */
export interface EnvironmentSettings {
  readonly baseImage: string;
  readonly apps: readonly string[];
  readonly gpu: boolean;
  readonly audio: boolean;
  readonly mounts: readonly Mount[];
  readonly backend: string;
  readonly networkIsolation: boolean;
  readonly cpuShares?: string;
  readonly memoryLimitMb?: string;
}

/** A resolved environment. Lists are in the order of the file; limits are decimal digits. */
export interface EnvironmentLock extends EnvironmentSettings {
  readonly lockVersion: string;
  readonly envId: string;
  readonly shortId: string;
  readonly baseImageDigest: string;
  readonly packages: readonly ResolvedPackage[];
}

export interface ParsedLock {
  readonly lock: EnvironmentLock;
  /** The problems of the lock file; empty for a valid one. */
  readonly problems: readonly Problem[];
  /** The location of a key's value in the lock file, or of one item of a list if there is an index. */
  place(key: string, index?: number): Location;
}

/** Reads a lock file of version 2. Errors are returned as problems with line and column. */
export function parseLock(document: TomlDocument): ParsedLock {
  const problems: Problem[] = [];
  const root = new Fields(document.root, "", problems);
  const items: Record<string, readonly Location[]> = {};
  const lockVersion = readVersion(root);
  const packages = root.tables("resolved_packages");
  const apps = root.strings("resolved_apps");
  // karapace leaves out the key if there are no mounts, and accepts that when it reads the file.
  const mounts = root.has("mounts") ? root.tables("mounts") : [];
  items["resolved_packages"] = packages.map((item) => item.location);
  items["resolved_apps"] = apps.map((item) => item.location);
  items["mounts"] = mounts.map((item) => item.location);
  const lock: EnvironmentLock = {
    lockVersion,
    envId: readEnvId(root),
    shortId: root.string("short_id"),
    baseImage: nonEmpty(root, "base_image"),
    baseImageDigest: readBaseDigest(root, problems),
    packages: readPackages(packages),
    apps: apps.map(({ value, location }) => {
      if (value.trim() === "") root.problem("an app has an empty name", location);
      return value;
    }),
    gpu: root.boolean("hardware_gpu"),
    audio: root.boolean("hardware_audio"),
    mounts: readMounts(mounts),
    backend: nonEmpty(root, "runtime_backend"),
    networkIsolation: root.boolean("network_isolation"),
    ...(root.has("cpu_shares") ? { cpuShares: root.positive("cpu_shares") } : {}),
    ...(root.has("memory_limit_mb") ? { memoryLimitMb: root.positive("memory_limit_mb") } : {}),
  };
  if (HEX_64.test(lock.envId) && lock.shortId !== lock.envId.slice(0, SHORT_ID_LENGTH)) {
    const expected = lock.envId.slice(0, SHORT_ID_LENGTH);
    root.problem(
      `\`short_id\` is "${lock.shortId}", expected "${expected}", the start of \`env_id\``,
      root.place("short_id"),
    );
  }
  // Optional keys are listed as known even if they are absent.
  root.optional("mounts", "cpu_shares", "memory_limit_mb");
  root.refuseUnknown();
  return {
    lock,
    problems: [...problems].sort((a, b) => (a.location?.line ?? 0) - (b.location?.line ?? 0)),
    place: (key, index) => (index === undefined ? undefined : items[key]?.[index]) ?? root.place(key),
  };
}

function readVersion(root: Fields): string {
  const version = root.positive("lock_version");
  if (version !== "" && version !== LOCK_VERSION) {
    root.problem(`\`lock_version\` is ${version}, expected ${LOCK_VERSION}`, root.place("lock_version"));
  }
  return version;
}

function readEnvId(root: Fields): string {
  const envId = root.string("env_id");
  if (root.has("env_id") && !HEX_64.test(envId)) {
    root.problem(`\`env_id\` is "${envId}", expected 64 lowercase hex characters`, root.place("env_id"));
  }
  return envId;
}

/** Reads the digest of the base image: the BLAKE3 hash of the root file system without a prefix, or `<algorithm>:<hex>`. */
function readBaseDigest(root: Fields, problems: Problem[]): string {
  const digest = nonEmpty(root, "base_image_digest");
  const named = /^[a-z0-9]+:[0-9a-f]+$/.test(digest);
  if (digest !== "" && !named && !HEX_64.test(digest)) {
    root.problem(
      `\`base_image_digest\` is "${digest}", expected 64 lowercase hex characters, or <algorithm>:<hex>`,
      root.place("base_image_digest"),
    );
  } else if (named && digest.split(":")[1]?.length !== 64) {
    const message = `\`base_image_digest\` is "${digest}", too short to pin an image: a whole digest has 64 hex characters`;
    problems.push({ level: "warning", message, location: root.place("base_image_digest") });
  }
  return digest;
}

function readPackages(tables: readonly Fields[]): ResolvedPackage[] {
  const lines = new Map<string, number | undefined>();
  return tables.map((table) => {
    const found = { name: nonEmpty(table, "name"), version: nonEmpty(table, "version") };
    table.refuseUnknown();
    refuseSecond(table, lines, `package ${found.name}`);
    return found;
  });
}

function readMounts(tables: readonly Fields[]): Mount[] {
  const lines = new Map<string, number | undefined>();
  return tables.map((table) => {
    const label = nonEmpty(table, "label");
    const hostPath = absolutePath(table, "host_path");
    const containerPath = absolutePath(table, "container_path");
    table.refuseUnknown();
    refuseSecond(table, lines, `mount ${label}`);
    return { label, hostPath, containerPath };
  });
}

function refuseSecond(table: Fields, lines: Map<string, number | undefined>, what: string): void {
  if (lines.has(what)) {
    table.problem(`${what} is locked twice, first on line ${lines.get(what) ?? "?"}`, table.location);
  } else lines.set(what, table.location.line);
}

function nonEmpty(fields: Fields, key: string): string {
  const value = fields.string(key);
  if (fields.has(key) && value.trim() === "") fields.problem(`\`${key}\` is empty`, fields.place(key));
  return value;
}

function absolutePath(fields: Fields, key: string): string {
  const value = fields.string(key);
  if (fields.has(key) && (!value.startsWith("/") || value.split("/").includes(".."))) {
    fields.problem(`\`${key}\` is "${value}", expected an absolute path without \`..\``, fields.place(key));
  }
  return value;
}
