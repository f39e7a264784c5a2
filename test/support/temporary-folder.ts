import { afterAll } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";

/** A folder that is removed after the tests of the file or `describe` in which it is called. */
export function temporaryFolder(): string {
  const tree = new FileTree();
  afterAll(() => tree[Symbol.dispose]());
  return tree.root;
}
