// A stand-in for `dist build --artifacts=local --target=<apple target>`, which the real cargo-dist can do only on macOS.
// It packs the program in MAC_BINARY, which is built and signed as codesign would sign it, into the archives of the plan.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

interface Artifact {
  readonly kind: string;
  readonly target_triples?: readonly string[];
  readonly checksum?: string;
  readonly assets?: readonly { readonly kind: string; readonly path?: string }[];
}

const { values } = parseArgs({ allowPositionals: true, strict: false });
const target = String(values["target"]);
const distrib = path.resolve("target/distrib");
// The real cargo-dist wrote this file in the plan job.
const plan: { artifacts: Record<string, Artifact> } = JSON.parse(
  readFileSync(path.join(distrib, "plan-dist-manifest.json"), "utf8"),
);
const artifacts: Record<string, object> = {};
const files: string[] = [];
for (const [name, artifact] of Object.entries(plan.artifacts)) {
  if (artifact.kind !== "executable-zip" || !artifact.target_triples?.includes(target)) continue;
  const sha256 = pack(name, artifact);
  const checksum = artifact.checksum ?? `${name}.sha256`;
  writeFileSync(path.join(distrib, checksum), `${sha256} *${name}\n`);
  artifacts[name] = { ...artifact, path: path.join(distrib, name), checksums: { sha256 } };
  artifacts[checksum] = { ...plan.artifacts[checksum], path: path.join(distrib, checksum) };
  files.push(path.join(distrib, name), path.join(distrib, checksum));
}
console.log(JSON.stringify({ ...plan, artifacts, upload_files: files }));

/** @returns the archive's SHA-256 */
function pack(name: string, { assets = [] }: Artifact): string {
  const folder = name.replace(/\.tar\.xz$/, "");
  mkdirSync(path.join(distrib, folder), { recursive: true });
  for (const asset of assets) {
    const source = asset.kind === "executable" ? (process.env["MAC_BINARY"] ?? "") : (asset.path ?? "");
    cpSync(source, path.join(distrib, folder, path.basename(asset.path ?? "")));
  }
  execFileSync("tar", ["--create", "--xz", "--file", name, folder], { cwd: distrib });
  return createHash("sha256")
    .update(readFileSync(path.join(distrib, name)))
    .digest("hex");
}
