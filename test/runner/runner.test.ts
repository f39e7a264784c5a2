import { mkdir, mkdtemp, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { Job } from "./job.ts";
import { runAction } from "./run-action.ts";

const root = temporaryFolder();

/** Writes an action whose bundle is this script; returns its folder. */
async function action(main: string, options: { post?: string; yaml?: string } = {}): Promise<string> {
  const folder = await mkdtemp(path.join(root, "a-"));
  await mkdir(path.join(folder, "dist/post"), { recursive: true });
  const post = options.post === undefined ? "" : "  post: dist/post/index.js\n";
  await writeFile(
    path.join(folder, "action.yml"),
    `${options.yaml ?? ""}\nruns:\n  using: node24\n  main: dist/index.js\n${post}`,
  );
  const header = 'const fs = require("node:fs"); const env = process.env;\n';
  await writeFile(path.join(folder, "dist/index.js"), header + main);
  if (options.post !== undefined) await writeFile(path.join(folder, "dist/post/index.js"), header + options.post);
  return folder;
}

describe("a step", () => {
  test("gets every declared input with resolved defaults, and no variables of this process", async () => {
    const yaml = `inputs:
  github-token: { default: "\${{ github.token }}" }
  where: { default: "\${{ runner.temp }}/x" }
  two words: {}
  flag: { default: true }`;
    const folder = await action("console.log(JSON.stringify(env))", { yaml });
    process.env["LEAK"] = "from the test process";
    const { main } = await runAction(folder, { env: { GITHUB_TOKEN: "ghs_1" }, step: { inputs: { flag: "false" } } });
    delete process.env["LEAK"];
    const env: unknown = JSON.parse(main.output);
    expect(env).toMatchObject({
      "INPUT_GITHUB-TOKEN": "ghs_1",
      INPUT_WHERE: expect.stringMatching(/\/temp\/x$/),
      INPUT_TWO_WORDS: "",
      INPUT_FLAG: "false",
    });
    expect(env).not.toHaveProperty("LEAK");
    expect(env).not.toHaveProperty("GITHUB_TOKEN");
  });

  test("warns of an input that the action does not declare, as a runner does", async () => {
    const { main } = await runAction(await action("", { yaml: "inputs: { tag: {} }" }), {
      step: { inputs: { tga: "1" } },
    });
    expect(main.annotations).toEqual([
      { level: "warning", message: "Unexpected input(s) 'tga', valid inputs are ['tag']" },
    ]);
  });

  test("returns outputs, state, summary, exit code, time and memory", async () => {
    const folder = await action(`
      fs.appendFileSync(env.GITHUB_OUTPUT, "one=1\\nmany<<EOF\\na\\nb=c\\nEOF\\n");
      fs.appendFileSync(env.GITHUB_STEP_SUMMARY, "# done");
      process.exitCode = 3;`);
    const { main, post } = await runAction(folder);
    expect(main).toMatchObject({ conclusion: "failure", exitCode: 3, summary: "# done" });
    expect(main.outputs).toEqual({ one: "1", many: "a\nb=c" });
    expect(main.durationMs).toBeGreaterThan(0);
    expect(post).toBeUndefined();
  });

  test.each([
    ["an output without a value", "GITHUB_OUTPUT", "oops", /process file command 'output' .* Invalid format 'oops'/],
    ["a delimiter that never comes", "GITHUB_OUTPUT", "a<<E\nb", /Matching delimiter not found 'E'/],
    ["NODE_OPTIONS for later steps", "GITHUB_ENV", "NODE_OPTIONS=-r x", /Can't store NODE_OPTIONS/],
    ["a summary over 1 MiB", "GITHUB_STEP_SUMMARY", "x".repeat(1_048_577), /supports content up to a size of 1024k/],
  ])("fails for %s", async (_title, file, content, message) => {
    const { main } = await runAction(await action(`fs.writeFileSync(env.${file}, ${JSON.stringify(content)})`));
    expect(main).toMatchObject({ conclusion: "failure", exitCode: 0 });
    expect(main.annotations).toEqual([{ level: "error", message: expect.stringMatching(message) }]);
  });

  test("reads annotations unescaped and with their place, and ignores stopped commands", async () => {
    const folder = await action(String.raw`
      console.log("::error title=Bad%3A name,file=a%2Cb.rs,line=3,col=7::first%0Asecond 100%25");
      console.error("  ::warning::from stderr");
      console.log("::stop-commands::secret-end\n::error::inert\n::secret-end::\n::notice::heard again");
      console.log("::set-output name=a::b");`);
    const { main } = await runAction(folder);
    expect(main.annotations).toEqual(
      expect.arrayContaining([
        { level: "error", title: "Bad: name", file: "a,b.rs", line: 3, column: 7, message: "first\nsecond 100%" },
        { level: "warning", message: "from stderr" },
        { level: "notice", message: "heard again" },
        { level: "error", message: "The `set-output` command is disabled." },
      ]),
    );
    expect(main.annotations).toHaveLength(4);
  });

  test("shows a secret that was printed before it was masked", async () => {
    const { main } = await runAction(await action('console.log("a hush\\n::add-mask::hush\\nb hush")'));
    expect(main.log).toBe("a hush\nb ***");
    expect(main.masks).toContain("hush");
  });
});

describe("a job", () => {
  test("passes variables and folders from one step to the next, and state to the post step", async () => {
    await using job = await Job.open();
    const first = await action(
      'fs.appendFileSync(env.GITHUB_ENV, "FLAGS=-O2\\n"); fs.appendFileSync(env.GITHUB_PATH, "/opt/tool\\n"); fs.appendFileSync(env.GITHUB_STATE, "seen=yes\\n")',
      { post: "console.log(env.STATE_seen)" },
    );
    const second = await action('console.log(env.FLAGS, env.PATH.split(":")[0])', {
      post: 'console.log("second post")',
    });
    expect(await job.step(first)).toMatchObject({ env: { FLAGS: "-O2" }, path: ["/opt/tool"] });
    expect((await job.step(second)).log).toBe("-O2 /opt/tool");
    expect((await job.post()).map((post) => post.log)).toEqual(["second post", "yes"]);
    await job.close();
    await expect(stat(job.workspace)).rejects.toThrow("ENOENT");
  });

  test("cancels a step at a line of its log, first with SIGINT, and still runs its post step", async () => {
    const folder = await action(
      'process.on("SIGINT", () => { console.log("stopping"); process.exit(130) }); console.log("working"); setInterval(() => {}, 1000)',
      { post: 'console.log("cleaned")' },
    );
    const { main, post } = await runAction(folder, { step: { stop: { when: /working/ } } });
    expect(main).toMatchObject({ conclusion: "cancelled", exitCode: 130, log: "working\nstopping" });
    expect(main.stopMs).toBeLessThan(7500);
    expect(post?.log).toBe("cleaned");
  });

  test("can kill a step outright", async () => {
    const folder = await action('console.log("working"); setInterval(() => {}, 1000)');
    const { main } = await runAction(folder, { step: { stop: { when: /working/, by: "SIGKILL" } } });
    expect(main).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  });
});
