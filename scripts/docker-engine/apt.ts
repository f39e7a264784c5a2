import { access, mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { Fault } from "@release-actions/report";
import { aptGet } from "../apt.ts";

const ARCHIVE_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The source of Debian packages for this machine, taken from its apt configuration. */
export interface DebianMirror {
  readonly url: string;
  /** The keyring that verifies the mirror's signatures. */
  readonly keyring: string;
  /** Environment variables for programs that do not read apt's configuration. */
  readonly env: Readonly<Record<string, string>>;
}

export async function findDebianMirror(): Promise<DebianMirror> {
  await installPackage("debian-archive-keyring", ARCHIVE_KEYRING);
  const url = process.env["RELEASE_ACTIONS_DEBIAN_MIRROR"] ?? (await mirrorFromApt());
  const proxy = (await runCommand("apt-config", ["dump", "--format", "%v", "Acquire::http::Proxy"])).stdout.trim();
  return { url, keyring: ARCHIVE_KEYRING, env: proxy === "" ? {} : { http_proxy: proxy } };
}

async function mirrorFromApt(): Promise<string> {
  // The origin is known only after the release files were downloaded; a fresh container image lacks them.
  const found = (await debianRepository()) ?? (await updateThen(debianRepository));
  if (found === undefined) {
    throw new Fault("apt knows no Debian mirror, from which the test engines are made", {
      advice: "Name one in RELEASE_ACTIONS_DEBIAN_MIRROR.",
    });
  }
  return found;
}

async function debianRepository(): Promise<string | undefined> {
  const query = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian", "Label: Debian"];
  const { stdout } = await aptGet(query, { check: false });
  return stdout.split("\n").find((line) => line !== "");
}

/** Installs a Debian package unless the needed file already exists. */
export async function installPackage(name: string, file: string): Promise<void> {
  if (await exists(file)) return;
  const install = () => aptGet(["install", "--yes", "--no-install-recommends", name]);
  await install().catch(() => updateThen(install));
}

/** Unpacks a Debian package into its own folder, without installing it. Returns the folder. */
export async function unpackPackage(name: string, folder: string): Promise<string> {
  if (await exists(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const download = () => aptGet(["download", name], { cwd: partial });
  await download().catch(() => updateThen(download));
  for (const file of await readdir(partial)) {
    await runCommand("dpkg-deb", ["--extract", path.join(partial, file), partial]);
    await rm(path.join(partial, file));
  }
  await renameUnlessThere(partial, folder);
  return folder;
}

/** Moves a finished folder to its place. If another process was first, its folder is used. */
async function renameUnlessThere(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  }
}

async function updateThen<T>(work: () => Promise<T>): Promise<T> {
  await aptGet(["update"]);
  return work();
}

export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
