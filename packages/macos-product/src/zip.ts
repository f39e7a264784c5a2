import { createWriteStream } from "node:fs";
import { chmod, mkdir, readdir, readlink, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { openTar } from "./contents.ts";
import { type Product, ProductError } from "./product.ts";

const SYMLINK_TYPE = 0o120000;
const FILE_TYPE = 0o100000;

/**
 * Packs products that Apple does not accept (single binaries, tar archives, bundles) into one zip, which it accepts.
 * Each product gets its own folder, so that equal names do not conflict. Modes and links are kept.
 *
 * @param scratch an empty folder, into which tar archives are unpacked
 */
export async function packForSubmission(products: readonly Product[], scratch: string, output: string): Promise<void> {
  const { ZipFile } = await import("yazl");
  const zip = new ZipFile();
  for (const [index, product] of products.entries()) {
    const folder = String(index + 1);
    if (product.kind === "tar") {
      const unpacked = path.join(scratch, folder);
      await unpackTar(product, unpacked);
      await addFolder(zip, unpacked, folder);
    } else if (product.kind === "bundle") {
      await addFolder(zip, product.path, `${folder}/${path.basename(product.path)}`);
    } else {
      await addFile(zip, product.path, `${folder}/${path.basename(product.path)}`);
    }
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(output));
}

type Zip = InstanceType<typeof import("yazl").ZipFile>;

/**
 * A fixed date, so that the same content gives the same bytes, by which an earlier submission is found. Zip stores
 * local time, so the date is created in the local time zone.
 */
const entryDate = () => ({ mtime: new Date(2000, 0, 1), forceDosTimestamp: true });

async function addFile(zip: Zip, file: string, name: string): Promise<void> {
  const { mode } = await stat(file);
  zip.addFile(file, name, { ...entryDate(), mode: FILE_TYPE | ((mode & 0o777) === 0 ? 0o644 : mode & 0o777) });
}

async function addFolder(zip: Zip, folder: string, name: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [from, to] = [path.join(folder, entry.name), `${name}/${entry.name}`];
    if (entry.isDirectory()) await addFolder(zip, from, to);
    else if (entry.isSymbolicLink()) {
      zip.addBuffer(Buffer.from(await readlink(from)), to, { ...entryDate(), mode: SYMLINK_TYPE | 0o777 });
    } else if (entry.isFile()) await addFile(zip, from, to);
    else throw new ProductError(`${from} is neither a file, a folder nor a link`);
  }
}

/** Unpacks a tar. The reader refuses paths and links that lead out of the folder, and duplicate names. */
async function unpackTar(product: Product, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const reader = openTar(product);
  const links: { readonly at: string; readonly target: string }[] = [];
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    const at = path.join(folder, member.path);
    await mkdir(member.kind === "directory" ? at : path.dirname(at), { recursive: true });
    if (member.kind === "file") {
      await writeFile(at, reader.body());
      await chmod(at, member.mode & 0o777);
    } else if (member.kind !== "directory") links.push({ at, target: path.join(folder, member.target) });
  }
  // Links are created last, so that nothing is written through them.
  for (const { at, target } of links) await symlink(path.relative(path.dirname(at), target), at);
}
