// Prints the BLAKE3 of each file under a folder, in the order of their paths: hash-tree.probe.ts <folder>
// It is a process of its own, so that its memory can be limited.
import path from "node:path";
import { hashFiles, listTree } from "@release-actions/digest";

const [root = ""] = process.argv.slice(2);
const files = listTree(root).flatMap((entry) =>
  entry.kind === "file" ? [{ path: path.join(root, entry.path), size: entry.size }] : [],
);
const hashes = await hashFiles(files);
process.stdout.write(hashes.map(({ blake3 }) => `${blake3}\n`).join(""));
