import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { soundLayout } from "@release-actions/oci/testing";
import type { Reporter } from "@release-actions/report";
import { exists } from "../../scripts/docker-engine/apt.ts";
import { withLock } from "../../scripts/docker-engine/lock.ts";
import { provideSystemTree } from "../../scripts/docker-engine/system-tree.ts";
import { podman5 } from "../../scripts/docker-engine/variants.ts";
import { workFolder } from "../../scripts/folders.ts";
import { RealRegistry } from "../registry/real-registry.ts";

const SCRIPT = path.join(import.meta.dirname, "make-tool-archives.sh");
const RUN_IN_SYSTEM = path.join(import.meta.dirname, "../../scripts/docker-engine/run-engine.sh");

/** The layers of the image that the tools write. */
const TOOL_LAYERS: readonly string[] = ["one", "two", "three"].map((name) => `tools: ${name} `.repeat(5000));

/** One archive of each kind that skopeo, podman, buildah, umoci and crane write, by tool and format. Kept in .work/images. */
export async function toolArchives(reporter: Reporter): Promise<ReadonlyMap<string, Buffer>> {
  const recipe = [podman5.packages, TOOL_LAYERS, await readFile(SCRIPT, "utf8"), CRANE_FORMATS];
  const hash = createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 12);
  const folder = workFolder("images", `tools-${hash}`);
  await withLock(folder, async () => {
    if (!(await exists(folder))) await makeArchives(folder, reporter);
  });
  const names = (await readdir(folder)).filter((name) => name.endsWith(".tar")).sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => [name.replace(/\.tar$/, ""), await readFile(path.join(folder, name))] as const),
    ),
  );
}

async function makeArchives(folder: string, reporter: Reporter): Promise<void> {
  const tree = await provideSystemTree(podman5, reporter);
  await mkdir(path.dirname(folder), { recursive: true });
  const home = await mkdtemp(`${folder}-`);
  try {
    await mkdir(path.join(home, "root"));
    for (const [name, content] of Object.entries(soundLayout({ layers: [...TOOL_LAYERS] }))) {
      const file = path.join(home, "in", name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content ?? "");
    }
    await writeFile(path.join(home, "layer"), TOOL_LAYERS[0] ?? "");
    await cp(SCRIPT, path.join(home, "make.sh"));
    const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--"];
    await runCommand("unshare", [
      ...namespaces,
      RUN_IN_SYSTEM,
      tree,
      home,
      "/bin/sh",
      path.join(home, "make.sh"),
      home,
    ]);
    await addCranes(home);
    await rename(home, folder);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const CRANE_FORMATS = ["tarball", "legacy", "oci"] as const;

/** Adds the archives that crane writes, which it pulls from a registry. */
async function addCranes(home: string): Promise<void> {
  await using registry = await RealRegistry.start("crane");
  const image = `${registry.host}/tools:1`;
  await runCommand("crane", ["push", "--insecure", path.join(home, "skopeo docker-archive.tar"), image]);
  for (const format of CRANE_FORMATS) {
    const file = path.join(home, `crane ${format}`);
    const target = format === "oci" ? file : `${file}.tar`;
    await runCommand("crane", ["pull", "--insecure", `--format=${format}`, image, target]);
    if (format === "oci") await runCommand("tar", ["-cf", `${file}.tar`, "-C", file, "."]);
  }
}
