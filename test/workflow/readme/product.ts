import path from "node:path";
import { runCommand } from "@release-actions/command";
import { ReleasedProduct } from "../../release/product.ts";
import { karapaceLock } from "../../support/karapace-lock.ts";
import { commitAll } from "../../support/repository-copy.ts";

/** A program that prints its version, and runs in an image without anything else. */
const PROGRAM = `#include <stdio.h>
int main(void) { puts("server 1.7.6"); return 0; }
`;
/** A Dockerfile that needs no network. */
const DOCKERFILE = `FROM scratch AS builder
ENV krb5_cv_attr_constructor_destructor=yes
FROM scratch AS runtime
COPY hello /server
ENTRYPOINT ["/server"]
`;
/** The lock file that karapace writes for the manifest. */
const KARAPACE_LOCK = karapaceLock("aabaeaeda3b27db42054f64719a16afd49e72b4fc6e8493e2fce9d862d240806");
const KARAPACE = `manifest_version = 1
[base]
image = "rolling"
[runtime]
backend = "mock"
`;

/** A recipe that runs the image under test. */
export const INTEGRATION_TEST = `integration-test:
    docker run --rm localhost/restatedev/restate-commit-download:latest --version
`;

/** The names of the programs that our pages build. Each is a crate. */
const CRATES = ["app", "app-cli", "server"] as const;

const crate = (name: string): string => `[package]
name = "${name}"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
authors.workspace = true
repository.workspace = true
publish.workspace = true

[dependencies]
workspace-hack = { version = "0.1", path = "../../workspace-hack" }
`;

/** A repository like those that our pages are for: it has a workspace, images, a chart, cargo-dist and download links. */
export async function createProduct(): Promise<ReleasedProduct> {
  const product = new ReleasedProduct();
  for (const name of CRATES) {
    product.write(`crates/${name}/Cargo.toml`, crate(name));
    product.write(`crates/${name}/src/main.rs`, `fn main() {\n    println!("${name}");\n}\n`);
  }
  await runCommand("cargo", ["metadata", "--offline", "--format-version=1"], { cwd: product.root });
  await runCommand("cargo", ["hakari", "generate", "--quiet"], { cwd: product.root });
  product.write("justfile", `${product.read("justfile")}\n${INTEGRATION_TEST}`);
  product.write("hello.c", PROGRAM);
  await runCommand("gcc", ["-Os", "-s", "-static", "hello.c", "-o", "hello"], { cwd: product.root });
  product.write("Dockerfile", DOCKERFILE);
  product.write("docker/Dockerfile", DOCKERFILE);
  product.write("karapace.toml", KARAPACE);
  product.write("karapace.lock", KARAPACE_LOCK);
  const link = "https://github.com/acme/widget/releases/download/v1.7.6/widget-x86_64-unknown-linux-gnu.tar.xz";
  product.write("README.md", `# Widget\n\nDownload it [here](${link}).\n`);
  product.write("docs/install.md", `# Install\n\n    curl -LO ${link}\n`);
  await commitAll(product.root, "everything");
  const origin = ["remote", "add", "origin", "https://github.com/acme/widget.git"];
  await runCommand("git", origin, { cwd: path.resolve(product.root) });
  return product;
}
