import { cpSync } from "node:fs";
import path from "node:path";
import { expect, jest, test } from "@jest/globals";
import { describeWith } from "../parts.ts";
import { Job } from "../runner/job.ts";
import { RUST_FOLDERS } from "../support/rust-env.ts";
import { sample } from "./bring.ts";
import { readRows } from "./rows.ts";

jest.setTimeout(900_000);

interface JudgedCrate {
  readonly crate: string;
  readonly dependsOn: string;
  readonly why: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

const PROGRAMS = path.resolve(import.meta.dirname, "../fixtures/crates-with-causes");
const judged = readRows<JudgedCrate>("reproducible-crates.yml", ["crate", "dependsOn", "why", "inputs"]);
const rows = judged.map((one) => {
  const inputs = Object.entries(one.inputs ?? {}).map(([name, value]) => ` with ${name}: ${value}`);
  return [`${one.crate}${inputs.join("")}: ${one.dependsOn || "nothing"} (${one.why})`, one] as const;
});

// Cargo.lock pins the crates by checksum, which cargo verifies.
describeWith(
  ["cargo", "rustc", "cc"],
  "reproducible-build finds what programs around published crates depend on",
  () => {
    test.each(sample(rows, 2))("%s", async (_title, { crate, dependsOn, inputs }) => {
      await using job = await Job.open({ env: RUST_FOLDERS });
      cpSync(PROGRAMS, job.workspace, { recursive: true });
      const step = await job.step("reproducible-build", {
        inputs: { packages: `uses-${crate}`, builds: "2", "max-builds": "60", ...inputs },
      });
      const found = step.outputs["depends-on"] ?? "";
      expect(found.split(" ").sort().join(" ")).toBe(dependsOn);
      expect(step.outputs["reproducible"]).toBe(String(dependsOn === ""));
      expect(step.conclusion).toBe(dependsOn === "" ? "success" : "failure");
    });
  },
);
