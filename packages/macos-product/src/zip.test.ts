import { execFileSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { memorySource, openZip, readZipEntry, TAR_END, tarFile, tarHeader } from "@release-actions/archive";
import { findProducts } from "./find-products.ts";
import { openProduct, ProductError } from "./product.ts";
import { packForSubmission } from "./zip.ts";

/** The first bytes of an arm64 program, enough to recognize it. */
const MACHO = Buffer.concat([Buffer.from("cffaedfe0c000001", "hex"), Buffer.alloc(100)]);

let folder: string;
const at = (name: string): string => path.join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "product-"));
});
afterEach(async () => await rm(folder, { recursive: true }));

async function entriesOf(file: string): Promise<Record<string, string>> {
  const source = memorySource(await readFile(file));
  const found: Record<string, string> = {};
  for (const entry of await openZip(source, undefined, "list")) {
    const parts: Uint8Array[] = [];
    for await (const part of readZipEntry(source, entry)) parts.push(part);
    const content = entry.isLink ? `-> ${Buffer.concat(parts)}` : `${Buffer.concat(parts).length} bytes`;
    found[entry.path] = `${entry.mode?.toString(8)} ${content}`;
  }
  return found;
}

async function pack(...names: string[]): Promise<Buffer> {
  const scratch = await mkdtemp(at("scratch-"));
  const products = await Promise.all(names.map((name) => openProduct(at(name))));
  await packForSubmission(products, scratch, at("out.zip"));
  return await readFile(at("out.zip"));
}

describe("packForSubmission", () => {
  test("keeps modes, links and structure of binaries, bundles and archives", async () => {
    await writeFile(at("tool"), MACHO, { mode: 0o755 });
    await mkdir(at("Tool.app/Contents/MacOS"), { recursive: true });
    await cp(at("tool"), at("Tool.app/Contents/MacOS/tool"));
    await symlink("MacOS", at("Tool.app/Contents/Current"));
    const header = tarHeader({ kind: "file", path: "bin/tool", size: MACHO.length, mode: 0o755 });
    const padding = Buffer.alloc(512 - (MACHO.length % 512));
    await writeFile(at("tool.tar"), Buffer.concat([header, MACHO, padding, tarFile("README", "hello"), TAR_END]));
    await pack("tool", "Tool.app", "tool.tar");
    expect(await entriesOf(at("out.zip"))).toEqual({
      "1/tool": "755 108 bytes",
      "2/Tool.app/Contents/Current": "777 -> MacOS",
      "2/Tool.app/Contents/MacOS/tool": "755 108 bytes",
      "3/README": "644 5 bytes",
      "3/bin/tool": "755 108 bytes",
    });
  });

  test("packs equal files into equal bytes, regardless of their dates", async () => {
    await writeFile(at("tool"), MACHO, { mode: 0o755 });
    const first = await pack("tool");
    await utimes(at("tool"), new Date(1e12), new Date(1e12));
    expect((await pack("tool")).equals(first)).toBe(true);
    await chmod(at("tool"), 0o700);
    expect((await pack("tool")).equals(first)).toBe(false);
  });

  test.each(["UTC", "Asia/Tokyo", "America/St_Johns"])("packs the same bytes in the time zone %s", async (TZ) => {
    await writeFile(at("tool"), MACHO, { mode: 0o755 });
    const here = await pack("tool");
    // A separate process, since Node reads its time zone only once.
    const index = path.join(import.meta.dirname, "index.ts");
    const script = `import { openProduct, packForSubmission } from ${JSON.stringify(index)};
      await packForSubmission([await openProduct("tool")], "unpacked", "there.zip");`;
    execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, env: { ...process.env, TZ } });
    expect((await readFile(at("there.zip"))).equals(here)).toBe(true);
  });
});

describe("openProduct", () => {
  test.each<[name: string, content: Buffer, kind: string]>([
    ["tool", MACHO, "binary"],
    ["tool.zip.txt", Buffer.from("PK\u0003\u0004"), "zip"],
    ["tool.tgz", Buffer.from("1f8b0800", "hex"), "tar"],
    ["tool.txz", Buffer.from("fd377a585a00", "hex"), "tar"],
    ["installer", Buffer.from("xar!\0\u001c"), "installer"],
    ["image", Buffer.concat([Buffer.alloc(600), Buffer.from("koly"), Buffer.alloc(508)]), "disk-image"],
  ])("detects %s by its content", async (name, content, kind) => {
    await writeFile(at(name), content);
    expect((await openProduct(at(name))).kind).toBe(kind);
  });

  test.each<[title: string, content: Buffer, message: RegExp]>([
    ["an empty file", Buffer.alloc(0), /is empty: expected a Mach-O file/],
    ["a web page (F13)", Buffer.from("<!doctype html><title>Not found"), /is html: expected/],
    ["a Java class (B165)", Buffer.from("cafebabe00000034", "hex"), /starts with cafebabe/],
    ["an ELF file", Buffer.from("\x7fELF...."), /starts with 7f454c46/],
  ])("refuses %s", async (_title, content, message) => {
    await writeFile(at("file"), content);
    await expect(openProduct(at("file"))).rejects.toThrow(message);
    await expect(openProduct(at("file"))).rejects.toBeInstanceOf(ProductError);
  });
});

describe("findProducts", () => {
  test("finds each file once, sorted, by pattern and by a name that looks like one", async () => {
    for (const name of ["b", "a", "[x]"]) await writeFile(at(name), MACHO);
    const found = await findProducts(["*", "a", "[x]"], folder);
    expect(found.map((product) => path.basename(product.path))).toEqual(["[x]", "a", "b"]);
    expect((await stat(at("a"))).size).toBe(108);
  });

  test("refuses a pattern that matches nothing, and a plain folder (F41)", async () => {
    await expect(findProducts(["*.zip"], folder)).rejects.toThrow(/"\*\.zip" matches no file/);
    await mkdir(at("dist"));
    await expect(findProducts(["dist"], folder)).rejects.toThrow(/is a folder, but not a bundle/);
  });
});
