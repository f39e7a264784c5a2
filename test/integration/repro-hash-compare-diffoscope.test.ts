import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { findProgram } from "@release-actions/command";
import { Job, type StepResult } from "../runner/job.ts";

jest.setTimeout(60_000);

/** The machine's own diffoscope. Without one, the tests that need it are skipped. */
const DIFFOSCOPE = findProgram("diffoscope", process.env["PATH"]);
const withDiffoscope = DIFFOSCOPE === undefined ? test.skip : test;

describe("repro-hash-compare and diffoscope", () => {
  let job: Job;
  let bin: string;
  beforeEach(async () => {
    job = await Job.open();
    bin = path.join(job.temp, "bin");
    mkdirSync(bin);
    // The only programs on the PATH of the steps below. A test adds diffoscope when it needs it.
    for (const name of ["sh", "ln", "env", "diff"])
      symlinkSync(findProgram(name, process.env["PATH"]) ?? "", path.join(bin, name));
    for (const [folder, byte] of [["a", 1] as const, ["b", 2] as const]) {
      mkdirSync(job.file(folder));
      writeFileSync(job.file(folder, "table.dat"), Buffer.from([0, 1, 2, 0xff, byte, 0, 0xfe]));
    }
  });
  afterEach(() => job.close());

  const compare = (diffoscope: string): Promise<StepResult> =>
    job.step("repro-hash-compare", {
      inputs: { paths: "a", against: "b", report: "report.html", diffoscope },
      env: { PATH: bin },
    });
  const report = (step: StepResult): string => readFileSync(step.outputs["report"] ?? "", "utf8");

  withDiffoscope(
    "the one on the PATH explains a format that the action does not know, and its lines are marked with its name",
    async () => {
      symlinkSync(DIFFOSCOPE ?? "", path.join(bin, "diffoscope"));
      const step = await compare("auto");
      expect(step.conclusion).toBe("failure");
      expect(step.summary).toContain("table.dat: as diffoscope shows it");
      expect(report(step)).toContain("as diffoscope shows it");
      // The differing byte in diffoscope's dump of the file.
      expect(step.summary).toMatch(/^-000102ff0100fe\n\+000102ff0200fe$/m);
    },
  );

  withDiffoscope("`never` asks nobody", async () => {
    symlinkSync(DIFFOSCOPE ?? "", path.join(bin, "diffoscope"));
    const step = await compare("never");
    expect(report(step)).not.toContain("as diffoscope shows it");
    expect(JSON.parse(step.outputs["causes"] ?? "")).toMatchObject([{ kind: "content" }]);
  });

  test("without it, files of other formats are compared as bytes, without a warning", async () => {
    const step = await compare("auto");
    expect(JSON.parse(step.outputs["causes"] ?? "")).toMatchObject([{ kind: "content", place: "0x4" }]);
    expect(step.annotations.filter(({ level }) => level === "warning")).toEqual([]);
  });

  /** Provides a runner's apt that can install this one package. */
  function provideApt(onInstall: string): void {
    const script = `#!/bin/sh
case "$*" in
  "update -q") ;;
  "install -q -y --no-install-recommends diffoscope-minimal") ${onInstall} ;;
  *) echo "E: Invalid operation $*" >&2; exit 100 ;;
esac
`;
    for (const [name, text] of [
      ["apt-get", script],
      ["sudo", '#!/bin/sh\n[ "$1" = -n ] && shift\nexec "$@"\n'],
    ] as const) {
      writeFileSync(path.join(bin, name), text);
      chmodSync(path.join(bin, name), 0o755);
    }
  }

  withDiffoscope("`install` installs it with apt and uses it", async () => {
    provideApt(`ln -s '${DIFFOSCOPE}' '${path.join(bin, "diffoscope")}'`);
    const step = await compare("install");
    expect(report(step)).toContain("as diffoscope shows it");
  });

  test("a failed installation is a warning, and the files are compared as bytes", async () => {
    provideApt("echo 'E: Unable to locate package diffoscope-minimal' >&2; exit 100");
    const step = await compare("install");
    expect(step.annotations).toContainEqual(
      expect.objectContaining({
        level: "warning",
        message: expect.stringContaining("diffoscope could not be installed"),
      }),
    );
    expect(JSON.parse(step.outputs["causes"] ?? "")).toMatchObject([{ kind: "content" }]);
  });
});
