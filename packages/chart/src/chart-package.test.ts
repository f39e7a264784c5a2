import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { memorySource, StreamCursor, TAR_END, TarReader, tarHeader, tarPadding } from "@release-actions/archive";
import { differences, readPackage, repackChart } from "./chart-package.ts";

const CHART = "apiVersion: v2\nname: widget\nversion: 1.2.3\n";

/** A package as Helm may write it: with files in any order, and with varying times and modes. */
function packed(files: readonly (readonly [path: string, content: string])[], { mtime = 0, level = 6 } = {}): Buffer {
  const members = files.flatMap(([path, content]) => {
    const header = Buffer.from(
      tarHeader({ kind: "file", path, size: content.length, mode: mtime > 0 ? 0o664 : 0o600 }),
    );
    header.write(mtime.toString(8).padStart(11, "0"), 136, "latin1");
    header.write("        ", 148, "latin1");
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    return [header, Buffer.from(content), tarPadding(content.length)];
  });
  return gzipSync(Buffer.concat([...members, TAR_END]), { level });
}

const FILES = [
  ["widget/Chart.yaml", CHART],
  ["widget/values.yaml", "replicas: 2\n"],
  ["widget/templates/a.yaml", "kind: A\n"],
] as const;

describe("repackChart", () => {
  test("writes the same bytes for any order, times, modes and compression of the input", async () => {
    const one = await repackChart(packed(FILES), "widget-1.2.3.tgz");
    const other = await repackChart(packed(FILES.toReversed(), { mtime: 1_700_000_000, level: 1 }), "widget-1.2.3.tgz");
    expect(Buffer.compare(one.bytes, other.bytes)).toBe(0);
    expect(other.digest).toBe(one.digest);
    expect(one.chart.version).toBe("1.2.3");
  });

  test("sorts the files, and leaves the operating system out of the gzip header", async () => {
    const { bytes } = await repackChart(packed(FILES), "widget-1.2.3.tgz");
    const tar = gunzipSync(bytes);
    const reader = new TarReader(new StreamCursor(memorySource(tar).read(0, tar.length)));
    const paths: string[] = [];
    for (let member = await reader.next(); member !== undefined; member = await reader.next()) paths.push(member.path);
    expect(paths).toEqual(["widget/Chart.yaml", "widget/templates/a.yaml", "widget/values.yaml"]);
    expect([...bytes.subarray(4, 8), bytes[9]]).toEqual([0, 0, 0, 0, 255]);
  });

  test.each([
    ["no Chart.yaml", packed([["widget/values.yaml", ""]]), "holds no Chart.yaml"],
    [
      "a link",
      gzipSync(
        Buffer.concat([
          tarHeader({ kind: "file", path: "a", size: 0 }),
          tarHeader({ kind: "symlink", path: "b", target: "a" }),
          TAR_END,
        ]),
      ),
      "holds a link, b",
    ],
  ])("refuses a package with %s", async (_name, bytes, message) => {
    await expect(repackChart(bytes, "widget.tgz")).rejects.toThrow(message);
  });
});

test("differences names files with different content and files that only one package has", async () => {
  const one = await readPackage(packed(FILES), "a");
  const other = await readPackage(
    packed([FILES[0], ["widget/values.yaml", "replicas: 3\n"], ["widget/NOTES", "x"]]),
    "b",
  );
  expect(differences(one, other)).toEqual(["widget/NOTES", "widget/templates/a.yaml", "widget/values.yaml"]);
  expect(differences(one, one)).toEqual([]);
});
