import { expect, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { Repository } from "../locate/repository.ts";
import { findWorkspaces } from "./workspaces.ts";

test("takes the crate in the fewest folders for the product, however long their names are", () => {
  const manifest = (name: string): string => `[package]\nname = "${name}"\nversion = "1.0.0"\n`;
  using tree = new FileTree({
    "a/b/Cargo.toml": manifest("deeper"),
    "implementation/Cargo.toml": manifest("nearer"),
  });
  const workspaces = findWorkspaces(new Repository(tree.root));
  expect(workspaces.map(({ crates }) => crates.map(({ name }) => name))).toEqual([["nearer"]]);
});
