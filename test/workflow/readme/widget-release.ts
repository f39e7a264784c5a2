import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { makeTarball, type Programs } from "../../npm/archives.ts";
import { WRAPPER } from "../../npm/wrapper.ts";
import { Widget, type WidgetRelease } from "../../release/widget.ts";
import { commitAll } from "../../support/repository-copy.ts";
import { readBlocks } from "./blocks.ts";

export const VERSION = "1.2.3";
const CHART = `apiVersion: v2
name: widget
description: Runs Widget on Kubernetes
version: ${VERSION}
appVersion: "${VERSION}"
`;
const POD = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    - name: widget
      image: "{{ .Values.image.repository }}:{{ .Chart.AppVersion }}"
`;
/** The parts that identify a program for Windows (Microsoft, "PE Format"): its magic numbers and its machine, x64. */
const WINDOWS_PROGRAM = Buffer.alloc(512);
WINDOWS_PROGRAM.write("MZ", 0);
WINDOWS_PROGRAM.writeUInt32LE(0x80, 0x3c);
WINDOWS_PROGRAM.write("PE\0\0", 0x80);
WINDOWS_PROGRAM.writeUInt16LE(0x8664, 0x84);

/** A checkout of the released product, and cargo-dist's release of its tag for all platforms that our pages name. */
export async function releaseWidget(
  programs: Programs,
  apps: 1 | 2,
): Promise<{ readonly checkout: FileTree; readonly release: WidgetRelease }> {
  using widget = new Widget();
  const dist = `${widget.folder}/dist-workspace.toml`;
  writeFileSync(dist, readFileSync(dist, "utf8").replace("targets = [", 'targets = [\n  "x86_64-pc-windows-msvc",'));
  if (apps === 1) {
    rmSync(`${widget.folder}/server`, { recursive: true });
    const manifest = `${widget.folder}/Cargo.toml`;
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(', "server"', ""));
  }
  const archive = (name: string, target: string): Buffer => {
    const program = Object.entries(programs).find(([key]) => key === target)?.[1] ?? WINDOWS_PROGRAM;
    const app = name.startsWith("widget-server-") ? "widget-server" : "widget";
    const file = target.includes("windows") ? `${app}.exe` : app;
    return makeTarball(`${app}-${target}`, { [file]: program, "README.md": Buffer.from("# Widget\n") });
  };
  const release = await widget.release(VERSION, { compile: false, archive });
  const checkout = new FileTree();
  cpSync(widget.folder, checkout.root, { recursive: true, filter: (file) => !file.endsWith("/target") });
  const files = {
    "charts/widget/Chart.yaml": CHART,
    "charts/widget/values.yaml": "image:\n  repository: ghcr.io/acme/widget\n",
    "charts/widget/templates/pod.yaml": POD,
    "docker/Dockerfile": dockerfileOfPage(),
    "docker/from-source.Dockerfile": "FROM scratch\nCOPY Cargo.toml /\n",
    "release-notes/v1.2.3.md": "Widgets greet.\n",
    "npm/widget/package.json": JSON.stringify({ name: "@acme/widget", bin: { widget: "widget.js" }, files: ["*.js"] }),
    "npm/widget/widget.js": WRAPPER.replace("NAME", "@acme/widget"),
  };
  for (const [name, text] of Object.entries(files)) checkout.write(name, text);
  chmodSync(checkout.path("npm/widget/widget.js"), 0o755);
  await commitAll(checkout.root, "everything");
  await runCommand("git", ["tag", `v${VERSION}`], { cwd: checkout.root });
  await runCommand("git", ["remote", "add", "origin", "https://github.com/acme/widget.git"], { cwd: checkout.root });
  return { checkout, release };
}

/** The Dockerfile on image-publish's page, with `scratch` in place of the third-party base image. */
function dockerfileOfPage(): string {
  const block = readBlocks().find(
    ({ place, language }) => place.startsWith("actions/image-publish/") && language === "dockerfile",
  );
  if (block === undefined) throw new Error("image-publish's page has no Dockerfile");
  return block.text.replace(/^FROM .*$/m, "FROM scratch");
}
