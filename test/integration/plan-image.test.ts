import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Job, type StepResult } from "../runner/job.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";

async function run(
  inputs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<StepResult> {
  const facts = {
    GITHUB_EVENT_NAME: "push",
    GITHUB_REPOSITORY: "Acme/Product",
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: SHA,
  };
  await using job = await Job.open({ env: facts });
  const event = { repository: { default_branch: "main" } };
  writeFileSync(path.join(path.dirname(job.workspace), "event.json"), JSON.stringify(event));
  job.write(files);
  return await job.step("plan-image", { inputs });
}

describe("plan-image", () => {
  test("reads the event and the version of a package", async () => {
    const manifest =
      '[package]\nname = "server"\nversion.workspace = true\n[workspace.package]\nversion = "1.5.0"\n[workspace]\n';
    const step = await run({ "cargo-package": "server", features: "x" }, { "Cargo.toml": manifest });
    expect([step.conclusion, step.annotations]).toEqual(["success", []]);
    expect(step.outputs).toMatchObject({
      ...{ push: "true", images: "ghcr.io/acme/product", version: "", exports: "", builds: "" },
      "tag-rules": `type=raw,value=${SHA}\ntype=raw,value=main`,
      platforms: "linux/arm64,linux/amd64",
      labels: "org.opencontainers.image.version=1.5.0",
      "build-args":
        "CARGO_PROFILE_RELEASE_DEBUG=false\nUPLOAD_DEBUGINFO=false\nBUILD_INDIVIDUALLY=false\nRESTATE_FEATURES=x",
    });
  });

  test("names the existing packages when the requested one is missing", async () => {
    const manifest = '[package]\nname = "server"\nversion = "1.5.0"\n';
    const step = await run({ "cargo-package": "sever" }, { "Cargo.toml": manifest });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toContain('the workspace has no package "sever", expected one of server');
  });

  test("fails with an annotation where there is no Cargo.toml to read a version from", async () => {
    const step = await run({ "cargo-package": "server" });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toContain("Cargo.toml");
  });
});
