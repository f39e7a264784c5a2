import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { describeWith } from "../parts.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { RUST_FOLDERS } from "../support/rust-env.ts";

jest.setTimeout(240_000);

/** A program that contains the output that a command had during the build. */
const CRATE: Readonly<Record<string, string>> = {
  "Cargo.toml":
    '[package]\nname = "dep"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n[profile.release]\nopt-level = 0\n',
  "Cargo.lock": 'version = 4\n\n[[package]]\nname = "dep"\nversion = "0.1.0"\n',
  "src/main.rs": 'fn main() { println!("{}", env!("SEEN")); }\n',
};

describeWith(["cargo", "rustc", "gcc"], "reproducible-build with several builds", () => {
  let job: Job;
  beforeEach(async () => {
    job = await Job.open({ env: RUST_FOLDERS });
  });
  afterEach(() => job.close());

  async function build(command: string, inputs: Readonly<Record<string, string>> = {}): Promise<StepResult> {
    const script = `use std::process::Command;
fn main() {
    let out = Command::new("sh").arg("-c").arg(${JSON.stringify(command)}).output().unwrap().stdout;
    println!("cargo:rustc-env=SEEN={}", String::from_utf8(out).unwrap().trim().replace('\\n', " "));
}
`;
    job.write({ ...CRATE, "build.rs": script });
    return await job.step("reproducible-build", { inputs: { builds: "2", ...inputs } });
  }

  test("the builds of an independent program are equal, and the step says what was varied", async () => {
    const step = await build("echo fixed", { builds: "3" });
    expect([step.conclusion, step.outputs["reproducible"]]).toEqual(["success", "true"]);
    expect(step.outputs["varied"]?.split(" ")).toEqual(expect.arrayContaining(["path", "time", "host", "file-order"]));
    expect(step.summary).toMatch(
      /^### ✅ Reproducible: .*\n\nVaried: path, home, user, host[\s\S]*\| binary \| target \|/,
    );
  });

  test.each([
    ["time", "date +%Y"],
    ["file-order", "ls -U /usr"],
    ["home+user", 'if [ "$USER" = someone-else ]; then case $HOME in *a-home) echo both;; esac; fi'],
    ["user", "id -un"],
    ["locale", "echo $LC_ALL | cut -d. -f1"],
    ["chance", "od -An -N8 -tx8 /dev/urandom"],
  ])("finds by bisection that a build depends on %s", async (words, command) => {
    const step = await build(command);
    expect(step.outputs["depends-on"]).toBe(words);
    expect(step.summary).toMatch(
      /^### ❌ Not reproducible: .*\n\n\*\*Cause:\*\* the build [\s\S]*\| binary \| target \|/,
    );
    expect(step.conclusion).toBe("failure");
  });
});
