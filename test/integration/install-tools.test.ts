import { chmodSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { describeWith } from "../parts.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { FileTree } from "../support/file-tree.ts";

const says = (words: string): string => `#!/bin/sh\necho ${words}\n`;

/** Does what `cargo install --locked --root R --version V N` leaves behind, and refuses other arguments. */
const CARGO = `#!/bin/sh
[ "$1 $2 $3 $5" = "install --locked --root --version" ] || { echo "unexpected: $*" >&2; exit 2; }
mkdir -p "$4/bin"
printf '#!/bin/sh\\necho %s %s\\n' "$7" "$6" > "$4/bin/$7"
chmod 755 "$4/bin/$7"
`;

describeWith(["sh"], "install-tools", () => {
  let programs: FileTree;
  let job: Job;
  beforeEach(async () => {
    programs = new FileTree({ just: says("just 1.40.0"), cargo: CARGO });
    for (const name of ["just", "cargo"]) chmodSync(programs.path(name), 0o755);
    job = await Job.open();
  });
  afterEach(async () => {
    await job.close();
    programs[Symbol.dispose]();
  });
  const install = (tools: string): Promise<StepResult> =>
    job.step("install-tools", { inputs: { tools }, env: { PATH: `${programs.root}:/usr/bin:/bin` } });

  test("takes what is on the PATH, whatever its version, and builds what is not", async () => {
    const step = await install("just, cargo-deny");
    expect([step.conclusion, step.annotations]).toEqual(["success", []]);
    expect(JSON.parse(step.outputs["versions"] ?? "")).toEqual({ just: "1.40.0", "cargo-deny": "0.20.2" });
    expect(step.log).toContain("just 1.40.0 from PATH");
    expect(step.log).toContain("cargo-deny 0.20.2 from cargo install");
  });

  test("installs the version that is asked for beside another one, once", async () => {
    expect((await install("just@1.59.0")).outputs["versions"]).toBe('{"just":"1.59.0"}');
    const again = await install("just@1.59.0");
    expect(again.log).toContain("just 1.59.0 from tool cache");
  });

  test.each([
    ["nothing to install", "", "input `tools` is required"],
    ["a tool it does not know", "cargo-dney", '"cargo-dney" is no tool that can be installed: expected cargo-deny'],
    ["a version that is none", "just@newest", '"newest" is no version of just'],
    ["no version behind the sign", "just@", '"" is no version of just'],
  ])("refuses %s", async (_name, tools, message) => {
    const step = await install(tools);
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toContain(message);
    expect(step.log).not.toContain("This is a bug");
  });
});
