import { cp, mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { openProduct, packForSubmission } from "@release-actions/macos-product";
import { describeWith } from "../../parts.ts";
import { type ActionRun, runAction } from "../../runner/run-action.ts";
import { WORKSHOP_TOOLS, Workshop } from "../../stand-in/apple/workshop.ts";

describeWith([...WORKSHOP_TOOLS, "tar", "xz"], "macho-check", () => {
  let workshop: Workshop;
  let signed: string;
  let unsigned: string;

  beforeAll(async () => {
    workshop = await Workshop.open();
    unsigned = await workshop.build("amd64");
    signed = await workshop.sign(await workshop.build("arm64"));
  }, 120_000);
  afterAll(() => workshop[Symbol.asyncDispose]());

  const check = (files: Readonly<Record<string, string>>, inputs: Record<string, string>): Promise<ActionRun> =>
    runAction("macho-check", {
      prepare: async (job) => {
        for (const [name, from] of Object.entries(files)) {
          await mkdir(path.dirname(job.file(name)), { recursive: true });
          await cp(from, job.file(name), { recursive: true });
        }
      },
      step: { inputs: { authorities: workshop.authorities.join("\n"), ...inputs } },
    });

  test("accepts a signed program, and reports its identifier, team and certificate", async () => {
    const { main } = await check({ "dist/tool": signed }, { path: "dist/*", "team-id": "TEAMID1234" });
    expect([main.conclusion, main.annotations]).toEqual(["success", []]);
    expect(JSON.parse(main.outputs["findings"] ?? "")).toEqual([]);
    expect(JSON.parse(main.outputs["binaries"] ?? "")).toEqual([
      expect.objectContaining({
        ...{ file: "tool", path: "", architecture: "arm64", teamId: "TEAMID1234", minimumOs: "12.0", sdk: "12.0" },
        authority: "Developer ID Application: Example (TEAMID1234)",
        cdhash: expect.stringMatching(/^[0-9a-f]{40}$/),
        flags: ["runtime"],
        timestamp: expect.stringMatching(/^20\d\d-.*Z$/),
      }),
    ]);
    expect(main.summary).toContain("Developer ID Application: Example (TEAMID1234)");
  });

  test.each(["tar.xz", "tar.gz", "tar", "zip", "app"])(
    "finds the unsigned one of two programs in a .%s",
    async (kind) => {
      const product = await pack(kind, { tool: signed, helper: unsigned });
      const { main } = await check({ [`tool.${kind}`]: product }, { path: "tool.*" });
      expect(main.conclusion).toBe("failure");
      const inside =
        kind === "app" ? "Contents/MacOS/helper" : expect.stringMatching(/Tool\.app\/Contents\/MacOS\/helper$/);
      expect(JSON.parse(main.outputs["findings"] ?? "")).toEqual([
        expect.objectContaining({ code: "unsigned", path: inside, architecture: "x86_64" }),
        // The bundle around them has neither Info.plist nor seal.
        expect.objectContaining({ code: "bundle-not-sealed" }),
        expect.objectContaining({ code: "bundle-not-sealed" }),
      ]);
      expect(main.annotations[0]).toMatchObject({
        level: "error",
        file: `tool.${kind}`,
        message: expect.stringMatching(/helper \(x86_64\) is not signed\. Sign it with a Developer ID Application/),
      });
      expect(main.log).not.toContain("    at ");
    },
  );

  test("only warns when told to", async () => {
    const { main } = await check({ tool: unsigned }, { path: "tool", mode: "warn" });
    expect([main.conclusion, main.annotations[0]?.level]).toEqual(["success", "warning"]);
  });

  test.each([
    ["a pattern that matches nothing (F41)", { path: "dist/*.tar.xz" }, /"dist\/\*\.tar\.xz" matches no file/],
    ["a text file", { path: "notes.txt" }, /expected a Mach-O file/],
    ["no path", { path: "" }, /input `path` is required/],
    ["an invalid mode", { path: "tool", mode: "lenient" }, /expected one of strict, warn/],
  ])("refuses %s", async (_title, inputs, message) => {
    const notes = path.join(import.meta.dirname, "macho-check.test.ts");
    const { main } = await check({ tool: signed, "notes.txt": notes }, inputs);
    expect(main.conclusion).toBe("failure");
    expect(main.annotations.map((annotation) => annotation.message).join("\n")).toMatch(message);
  });

  test("refuses a truncated archive (B02), and an archive without a program", async () => {
    const whole = await pack("tar.gz", { tool: signed });
    const cut = await workshop.change(whole, (bytes) => bytes.subarray(0, -1000));
    const empty = await pack("tar.gz", { "README.md": path.join(import.meta.dirname, "macho-check.test.ts") });
    const { main } = await check({ "cut.tar.gz": cut, "empty.tar.gz": empty }, { path: "*.tar.gz" });
    expect(JSON.parse(main.outputs["findings"] ?? "")).toEqual([
      expect.objectContaining({ code: "unreadable", message: expect.stringMatching(/cut\.tar\.gz cannot be opened/) }),
      expect.objectContaining({ code: "empty", message: expect.stringMatching(/holds no Mach-O file/) }),
    ]);
  });

  async function pack(kind: string, files: Readonly<Record<string, string>>): Promise<string> {
    const folder = workshop.fresh();
    const programs = path.join(folder, "Tool.app/Contents/MacOS");
    await mkdir(programs, { recursive: true });
    for (const [name, from] of Object.entries(files)) await cp(from, path.join(programs, name));
    await symlink(`MacOS/${Object.keys(files)[0]}`, path.join(folder, "Tool.app/Contents/Current"));
    if (kind === "app") return path.join(folder, "Tool.app");
    const output = workshop.fresh();
    if (kind === "zip") {
      await packForSubmission([await openProduct(path.join(folder, "Tool.app"))], workshop.fresh(), output);
      return output;
    }
    const compression = { "tar.xz": ["--xz"], "tar.gz": ["--gzip"], tar: [] }[kind] ?? [];
    await runCommand("tar", ["--create", ...compression, "--file", output, "--directory", folder, "Tool.app"]);
    return output;
  }
});
