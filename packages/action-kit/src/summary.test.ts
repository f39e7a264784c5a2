import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { writePublished } from "./published.ts";
import { sourceLink } from "./source-link.ts";
import { escapeMarkdown, Summary } from "./summary.ts";

describe("Summary", () => {
  test("escapes table cells, so that no cell breaks the table", () => {
    const text = new Summary().table(["file", "size"], [["a|b\n<img src=x>", 3]]).toString();
    expect(text).toBe("| file | size |\n| --- | ---: |\n| a\\|b<br>&lt;img src=x&gt; | 3 |\n\n");
  });

  test("aligns numbers with and without units to the right, and leaves out empty columns", () => {
    const rows = [
      ["one", 12, "1.24 GB", "2 min 05 s", "1.2", ""],
      ["two", 3, "-", "-", "12 B", ""],
    ];
    expect(new Summary().table(["name", "count", "size", "took", "version", "note"], rows).toString()).toBe(
      "| name | count | size | took | version |\n| --- | ---: | ---: | ---: | --- |\n" +
        "| one | 12 | 1.24 GB | 2 min 05 s | 1.2 |\n| two | 3 | - | - | 12 B |\n\n",
    );
    expect(new Summary().table(["name"], []).isEmpty).toBe(true);
    const absent = new Summary().table(["file", "build"], [["b", "-"]]).toString();
    expect(absent).toContain("| --- | --- |");
  });

  test.each([
    ["`a<b` and <i>", "`a<b` and &lt;i&gt;"],
    ["``<b>`", "``&lt;b&gt;`"],
    ["\\`<b>`", "\\`&lt;b&gt;`"],
    ["`a\n<b>`", "`a<br>&lt;b&gt;`"],
  ])("escapes everything except code in the cell %j", (cell, shown) => {
    expect(new Summary().table(["x"], [[cell]]).toString()).toContain(`| ${shown} |`);
  });

  test("shows the last verdict as the headline, but prefers a failed one", () => {
    const summary = new Summary().text("below").verdict("success", "Build: 1 binary");
    expect(summary.toString()).toBe("### ✅ Build: 1 binary\n\nbelow\n\n");
    summary.verdict("error", "Not reproducible: *.rlib differs").verdict("success", "Build: 2 binaries");
    expect(summary.toString()).toBe("### ❌ Not reproducible: \\*.rlib differs\n\nbelow\n\n");
  });

  test("shows each failure once, directly below the headline", () => {
    const failure = { message: "no `tag`: **/x.md\nNext: push one", location: { file: "a_b.toml", line: 7 } };
    const shown = "a\\_b.toml:7: no `tag`: \\*\\*/x.md<br>**Next:** push one\n\n";
    const summary = new Summary().text("below").failure("publish", failure).failure("publish", failure);
    expect(summary.toString()).toBe(`### ❌ publish failed\n\n${shown}below\n\n`);
    summary.verdict("success", "Chart x: published");
    expect(summary.toString()).toBe(`### ❌ publish failed\n\n${shown}#### ✅ Chart x: published\n\nbelow\n\n`);
    summary.verdict("error", "Chart x: not published");
    expect(summary.toString()).toBe(`### ❌ Chart x: not published\n\n${shown}below\n\n`);
  });

  test("does not repeat a place that begins the message", () => {
    const location = { file: "a_b.lock", line: 7 };
    const shown = (message: string) => `${new Summary().failure("x", { message, location })}`.split("\n\n")[1];
    expect(shown("a_b.lock:7 is not valid UTF-8")).toBe("a\\_b.lock:7 is not valid UTF-8");
    expect(shown("a_b.lock does not exist")).toBe("a\\_b.lock:7 does not exist");
    expect(shown("it broke")).toBe("a\\_b.lock:7: it broke");
    expect(shown("a_b.locked does not exist")).toBe("a\\_b.lock:7: a\\_b.locked does not exist");
  });

  test("keeps the lines of a program's output, and shortens paths to the workspace", () => {
    const workspace = process.env["GITHUB_WORKSPACE"];
    process.env["GITHUB_WORKSPACE"] = "/runner/work";
    try {
      const message = "`cargo x` failed:\nat /runner/work/a_b.toml\n1 | a = *\n  |     ^\nNext: correct it";
      const summary = new Summary().failure("x", { message, location: undefined });
      expect(summary.toString()).toBe(
        "### ❌ x failed\n\n`cargo x` failed:\n\n```\nat a_b.toml\n1 | a = *\n  |     ^\n```\n\n**Next:** correct it\n\n",
      );
      const location = { file: "/runner/work/a.toml", line: 3 };
      const short = new Summary().failure("x", { message: "/runner/work/a.toml:3 is not valid", location });
      expect(short.toString()).toContain("\na.toml:3 is not valid\n");
    } finally {
      if (workspace === undefined) delete process.env["GITHUB_WORKSPACE"];
      else process.env["GITHUB_WORKSPACE"] = workspace;
    }
  });

  test.each([
    ["see https://a.example/x_y*z_?q=~1.", "see https://a.example/x_y*z_?q=~1."],
    ["@acme/x-y@1.2.3 is public", "`@acme/x-y@1.2.3` is public"],
    ['blocked ("@acme/x", a@1.0.0).', 'blocked ("`@acme/x`", `a@1.0.0`).'],
    ["`@a` and a_b", "`@a` and a\\_b"],
  ])("prevents GitHub from linking anything but URLs: %s", (message, shown) => {
    expect(new Summary().failure("x", { message, location: undefined }).toString()).toContain(`\n${shown}\n`);
  });

  test("lists findings with errors first, and links to their lines", () => {
    const env = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/x", GITHUB_SHA: "c0ffee" };
    const summary = new Summary(sourceLink(env)).findings([
      { level: "notice", message: "fine" },
      { level: "error", message: "is 1, expected `2|3`", location: { file: "a b.toml", line: 7 } },
      { level: "warning", message: "tool.zip: old", location: { file: "tool.zip" } },
    ]);
    expect(summary.toString()).toBe(
      "|  | where | finding |\n| --- | --- | --- |\n" +
        "| ❌ | [a b.toml:7](https://github.com/acme/x/blob/c0ffee/a%20b.toml#L7) | is 1, expected `2\\|3` |\n" +
        "| ⚠️ | tool.zip | old |\n| ℹ️ |  | fine |\n\n",
    );
  });

  test("writes facts as a table without a header", () => {
    const text = new Summary().facts([
      ["digest", "`sha256:<1>`"],
      ["names", ""],
      ["size", 3],
    ]);
    expect(text.toString()).toBe(
      '<table>\n<tr><th align="left">digest</th><td><code>sha256:&lt;1&gt;</code></td></tr>\n' +
        '<tr><th align="left">size</th><td>3</td></tr>\n</table>\n\n',
    );
  });

  test("fences code with more backticks than the code has", () => {
    expect(new Summary().code("a\n```\nb", "diff").toString()).toBe("````diff\na\n```\nb\n````\n\n");
  });

  test("is cut at a line, with a note, when it is over 1 MiB (F93)", () => {
    const summary = new Summary();
    for (let row = 0; row < 40_000; row += 1) summary.raw(`row ${row} äöü ${"x".repeat(30)}`);
    const text = summary.toString();
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
    expect(text.slice(-120)).toMatch(/x\n+_This summary was cut at 1 MiB/);
  });

  test("knows when there is nothing to write", () => {
    expect(new Summary().isEmpty).toBe(true);
    expect(new Summary().heading("x").isEmpty).toBe(false);
  });
});

describe("the summary of a publisher", () => {
  const row = (state: "failed" | "published" | "skipped", name: string) => ({
    state,
    cells: [name],
    said: `${state}.`,
  });
  const written = (rows: readonly ReturnType<typeof row>[], subject: string): string => {
    const summary = new Summary();
    writePublished(summary, { subject, header: ["chart"], rows });
    return summary.toString();
  };

  test("says what happened to a single package", () => {
    expect(written([row("published", "a")], "Chart a 1.0.0")).toMatch(/^### ✅ Chart a 1.0.0: published\n/);
  });

  test("counts several packages, and lists failed ones first", () => {
    const rows = [row("published", "a"), row("skipped", "b"), row("failed", "c"), row("published", "d")];
    const text = written(rows, "4 charts");
    expect(text).toMatch(/^### ❌ 4 charts: 1 not published, 2 published, 1 skipped\n/);
    expect(text.match(/^\| .*? \| [a-d] /gm)).toEqual(["| ❌ | c ", "| ✅ | a ", "| ✅ | d ", "| ℹ️ | b "]);
    expect(written([row("published", "a"), row("published", "b")], "2 charts")).toMatch(
      /^### ✅ 2 charts: published\n/,
    );
  });

  test("says when there is nothing to publish", () => {
    expect(written([], "0 charts")).toBe("### ℹ️ 0 charts: nothing to publish\n\n");
  });
});

describe("sourceLink", () => {
  const env = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/x", GITHUB_SHA: "c0ffee" };

  test.each([
    ["a file without a line", env, { file: "a.toml" }],
    ["a run without a repository", {}, { file: "a.toml", line: 1 }],
    ["a file outside the workspace", env, { file: "../a.toml", line: 1 }],
  ])("has no link for %s", (_, given, location) => {
    expect(sourceLink(given)(location)).toBeUndefined();
  });

  test("has no link for a file in another checkout", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "workspace-"));
    const before = process.env["GITHUB_WORKSPACE"];
    process.env["GITHUB_WORKSPACE"] = folder;
    try {
      mkdirSync(path.join(folder, "other/.git"), { recursive: true });
      const link = sourceLink(env);
      expect(link({ file: path.join(folder, "other/src/a.rs"), line: 1 })).toBeUndefined();
      expect(link({ file: path.join(folder, "src/a.rs"), line: 1 })).toMatch(/\/c0ffee\/src\/a\.rs#L1$/);
    } finally {
      if (before === undefined) delete process.env["GITHUB_WORKSPACE"];
      else process.env["GITHUB_WORKSPACE"] = before;
      rmSync(folder, { recursive: true });
    }
  });
});

test("escapeMarkdown keeps names from being read as markup", () => {
  expect(escapeMarkdown("[x](y) *z* <b>")).toBe("\\[x\\](y) \\*z\\* &lt;b&gt;");
});
