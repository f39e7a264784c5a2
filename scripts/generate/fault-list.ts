import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** A number from test/faults.md, as tests cite it. */
const CITATION = /\b(?:[FB]\d{2,3}|misleads \d{1,2})\b/g;
const ROW = /^\| ([FB]\d{2,3}|misleads \d{1,2}) \| (.*?) \| (.*?) \|.*\|$/gm;

/** The test files that cite each number, relative to the repository. */
export function citedFaults(root: string): Map<string, Set<string>> {
  const cited = new Map<string, Set<string>>();
  for (const file of globSync(["actions/*/src/**/*.ts", "packages/*/src/**/*.ts", "test/**/*.ts"], {
    cwd: root,
    exclude: (name) => name.includes("node_modules"),
  })) {
    for (const [number] of readFileSync(path.join(root, file), "utf8").matchAll(CITATION)) {
      const files = cited.get(number) ?? new Set();
      cited.set(number, files.add(file.replaceAll(path.sep, "/")));
    }
  }
  return cited;
}

/** Fills the last column of the page with the tests of each row. @throws Error when a row has no test, or a test cites a missing row */
export function faultList(page: string, cited: ReadonlyMap<string, ReadonlySet<string>>): string {
  const rows = new Set([...page.matchAll(ROW)].map(([, number = ""]) => number));
  const unknown = [...cited.keys()].filter((number) => !rows.has(number)).sort();
  if (unknown.length > 0) {
    const [first = ""] = unknown;
    throw new Error(
      `test/faults.md has no row ${unknown.join(", ")}, cited in ${[...(cited.get(first) ?? [])].join(", ")}`,
    );
  }
  return page.replace(ROW, (_row, number: string, fault: string, promise: string) => {
    const tests = [...(cited.get(number) ?? [])].filter((file) => file.endsWith(".test.ts")).sort();
    if (tests.length === 0) throw new Error(`test/faults.md: no test shows ${number} (${fault})`);
    const links = tests.map((file) => `[${path.posix.basename(file, ".test.ts")}](../${file})`);
    return `| ${number} | ${fault} | ${promise} | ${links.join(", ")} |`;
  });
}
