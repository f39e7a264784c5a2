import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { runCommand } from "@release-actions/command";
import { Job } from "../../test/runner/job.ts";

/** Hostile file names, which could be misread as markup or as other names. The run `evil` has one file of each. */
const EVIL_NAMES = [
  "invoice\u202egpj.exe",
  "zero\u200bwidth\u200d.json",
  "line\nfeed.txt",
  "<img src=x onerror=alert(1)>.html",
  "| a | table | row |.md",
  "`code` **bold** [link](https://example.com).md",
  "&lt;entity&gt; </td></table>.txt",
  "# heading.txt",
  `${"long-name-".repeat(20)}.bin`,
  "日本語のファイル名.txt",
  "-rf.txt",
];

type Files = ReadonlyMap<string, string | Buffer>;
type BuildOf = (build: number) => Files;

const RUNS: Readonly<Record<ReportRun, { builds: number; files: BuildOf }>> = {
  small: { builds: 2, files: smallBuild },
  huge: { builds: 30, files: hugeBuild },
  evil: { builds: 2, files: evilBuild },
};

export type ReportRun = "small" | "huge" | "evil";

/** Runs repro-hash-compare on invented builds. Returns the summary and the report of each run. */
export async function reportRuns(folder: string): Promise<string[]> {
  await runCommand(process.execPath, [path.join(import.meta.dirname, "../build.ts"), "repro-hash-compare"]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const made: string[] = [];
  for (const name of ["small", "huge", "evil"] as const) {
    const [summary, report] = [path.join(folder, `${name}.md`), path.join(folder, `${name}.html`)];
    writeFileSync(summary, await compareBuilds(name, report));
    made.push(summary, report);
  }
  return made;
}

/** Compares the builds of one run with the built bundle. Returns the summary, and writes the report if a path is given. */
export async function compareBuilds(name: ReportRun, report?: string): Promise<string> {
  const { builds, files } = RUNS[name];
  await using job = await Job.open();
  for (let build = 0; build < builds; build += 1) {
    for (const [file, content] of files(build)) {
      const place = job.file(`build-${build + 1}`, file);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, content);
    }
  }
  const others = Array.from({ length: builds - 1 }, (_, index) => `build-${index + 2}`);
  const step = await job.step("repro-hash-compare", {
    inputs: { paths: "build-1", against: others.join("\n"), report: "report.html", diffoscope: "never" },
  });
  if (report !== undefined) cpSync(step.outputs["report"] ?? "", report);
  return step.summary;
}

/** A small product whose builds differ in a path, a time, a line, and a file that only one build has. */
function smallBuild(build: number): Files {
  const user = ["one", "another"][build] ?? "";
  return new Map<string, string | Buffer>([
    ["bin/tool", `\x7fnot ELF\0thread panicked at /home/${user}/work/tool/src/main.rs\0`],
    ["share/tool.1.gz", gzipAt(1_700_000_000 + build * 3600, ".TH TOOL 1\n")],
    ["share/config.json", JSON.stringify({ name: "tool", builtBy: user, port: 8080 }, undefined, 2)],
    ["LICENSE", "MIT\n"],
    ["README.md", "# tool\n"],
    ...(build === 0 ? [["share/extra.txt", "only here\n"] as const] : []),
  ]);
}

/** A build of 400 files, every fourth of which differs between some of the thirty builds. */
function hugeBuild(build: number): Files {
  const files = Array.from({ length: 400 }, (_, index): [string, string] => {
    const differs = index % 4 === 0 && build % (2 + (index % 7)) === 1;
    return [`lib/module-${index}/generated.txt`, `module ${index}\n${differs ? `built on host-${build}\n` : ""}`];
  });
  return new Map(files);
}

function evilBuild(build: number): Files {
  return new Map(
    EVIL_NAMES.map((name) => [name, `one line\nbuilt by \u202e<b>${build === 0 ? "me" : "you"}</b>\u200b | \`x\`\n`]),
  );
}

/** A gzip file with a time in its header (RFC 1952, section 2.3.1, MTIME). */
function gzipAt(seconds: number, text: string): Buffer {
  const packed = gzipSync(text);
  packed.writeUInt32LE(seconds, 4);
  return packed;
}
