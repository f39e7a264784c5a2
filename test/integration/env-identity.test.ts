import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import type { StepResult } from "../runner/job.ts";
import { runAction } from "../runner/run-action.ts";
import { karapaceLock } from "../support/karapace-lock.ts";

const ID = "aabaeaeda3b27db42054f64719a16afd49e72b4fc6e8493e2fce9d862d240806";
const ID_ISOLATED = "dcdae57b3749d0aa2d3948de9fde99ceedad34deaef9b618c2d9f939dac25596";

const LOCK = karapaceLock(ID);

/** Runs the action in a workspace with these files. */
async function identify(
  files: Readonly<Record<string, string | Buffer>>,
  inputs: Readonly<Record<string, string>> = {},
  inRepository = false,
): Promise<StepResult> {
  const { main } = await runAction("env-identity", {
    step: { inputs },
    prepare: async (job) => {
      job.write(files);
      if (inRepository) await runCommand("git", ["init", "--quiet", job.workspace]);
    },
  });
  return main;
}

function errors(step: StepResult): unknown[] {
  return step.annotations.filter(({ level }) => level === "error").map(({ message, line }) => [line, message]);
}

describe("env-identity", () => {
  test("gives the published id with no inputs, and says what it is in the summary", async () => {
    const step = await identify({ "karapace.lock": LOCK });
    expect(step.conclusion).toBe("success");
    expect(step.outputs).toEqual({
      "env-id": ID,
      "short-id": ID.slice(0, 12),
      "env-id-v2": "bedd5df53e6d333b4996fdd22197a2874a36cf893a83d7207b11c8af66237699",
      "base-image-digest": "sha256:abc123",
      packages: "0",
      drift: "[]",
      changes: "[]",
    });
    expect(step.summary).toContain(ID);
    expect(step.summary).toMatch(/^### ⚠️ Environment: .*\n\n.*\n.*\n\| ⚠️ \| karapace.lock:5 \| `base_image_digest` is/);
  });

  test("gives the same ids in a copy of the bundle without the native engine, from a folder of another name", async () => {
    using copy = new FileTree();
    const isNative = (file: string): boolean => file.endsWith(".node");
    const action = path.join(import.meta.dirname, "../../actions/env-identity");
    await cp(path.join(action, "action.yml"), copy.path("action.yml"));
    await cp(path.join(action, "dist"), copy.path("dist"), {
      recursive: true,
      filter: (file) => !isNative(file),
    });
    const { main } = await runAction(copy.root, {
      prepare: ({ workspace }) => writeFile(path.join(workspace, "karapace.lock"), LOCK),
    });
    expect([main.conclusion, main.outputs["env-id"]]).toEqual(["success", ID]);
  });

  test("refuses a lock that was edited by hand, naming the line of its id, unless `verify` is off (B97)", async () => {
    const edited = LOCK.replace("network_isolation = false", "network_isolation = true");
    const refused = await identify({ "karapace.lock": edited });
    expect(refused.conclusion).toBe("failure");
    expect(refused.outputs["env-id"]).toBe(ID_ISOLATED);
    expect(errors(refused)[0]).toEqual([2, expect.stringContaining(`but the content has ${ID_ISOLATED}`)]);
    expect((await identify({ "karapace.lock": edited }, { verify: "false" })).conclusion).toBe("success");
  });

  test("compares with the expected id, whole or short", async () => {
    expect((await identify({ "karapace.lock": LOCK }, { expected: ID.slice(0, 12) })).conclusion).toBe("success");
    const other = await identify({ "karapace.lock": LOCK }, { expected: ID_ISOLATED });
    expect(errors(other)[0]).toEqual([2, `the environment is ${ID}, expected ${ID_ISOLATED}`]);
    expect((await identify({ "karapace.lock": LOCK }, { expected: ID.slice(0, 10) })).conclusion).toBe("failure");
  });

  test("names what the manifest declares and the lock lacks, and what changed since an older lock", async () => {
    const manifest =
      'manifest_version = 1\n[base]\nimage = "rolling"\n[system]\npackages = ["git"]\n[runtime]\nbackend = "mock"\n';
    const old = LOCK.replace('"rolling"', '"2025"').replace("hardware_gpu = false", "hardware_gpu = true");
    const files = { "karapace.lock": LOCK, "karapace.toml": manifest, "old.lock": old };
    const step = await identify(files, { manifest: "karapace.toml", base: "old.lock" });
    expect(step.conclusion).toBe("failure");
    expect(JSON.parse(step.outputs["drift"] ?? "")).toEqual([
      { field: "package git", declared: "present", locked: null },
    ]);
    expect(JSON.parse(step.outputs["changes"] ?? "")).toEqual([
      { field: "base_image", before: "2025", after: "rolling" },
      { field: "hardware_gpu", before: "true", after: "false" },
    ]);
  });

  test("for an unsorted list, gives the id of the sorted one in an error or, without `strict`, in a warning (misleads 17)", async () => {
    const unsorted = LOCK.replace("resolved_apps = []", 'resolved_apps = ["b", "a"]');
    const strict = await identify({ "karapace.lock": unsorted }, { verify: "false" });
    expect(errors(strict)[0]).toEqual([7, expect.stringMatching(/not sorted.*sorted, it would be [0-9a-f]{64}$/)]);
    const loose = await identify({ "karapace.lock": unsorted }, { verify: "false", strict: "false" });
    expect(loose.conclusion).toBe("success");
    expect(loose.annotations).toContainEqual(expect.objectContaining({ level: "warning", line: 7 }));
  });

  test("hashes the base image and compares it with the lock", async () => {
    const image = Buffer.from("a root file system");
    const digest = (await runCommand("b3sum", ["--no-names"], { input: image })).stdout.trim();
    const lock = LOCK.replace("sha256:abc123", digest);
    const inputs = { verify: "false", "base-image": "rootfs.tar" };
    expect((await identify({ "karapace.lock": lock, "rootfs.tar": image }, inputs)).conclusion).toBe("success");
    const other = await identify({ "karapace.lock": lock, "rootfs.tar": "another" }, inputs);
    expect(errors(other)[0]).toEqual([5, expect.stringContaining(`\`base_image_digest\` is ${digest}`)]);
    const empty = await identify({ "karapace.lock": lock, "rootfs.tar": "" }, inputs);
    expect(errors(empty)[0]).toEqual([undefined, expect.stringContaining("rootfs.tar is empty")]);
  });

  test("warns of a lock that git does not track", async () => {
    const step = await identify({ "karapace.lock": LOCK }, {}, true);
    expect(step.conclusion).toBe("success");
    expect(step.annotations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("not tracked by git"),
    );
  });

  test.each<[string, Readonly<Record<string, string | Buffer>>, RegExp]>([
    ["is missing", {}, /karapace\.lock does not exist/],
    ["is not UTF-8 (B107)", { "karapace.lock": Buffer.from([0x61, 0xff]) }, /karapace\.lock:1 is not valid UTF-8/],
    ["has a zero byte (B107)", { "karapace.lock": `${LOCK}\0` }, /is not a text file/],
    ["has 10 MiB (B108)", { "karapace.lock": LOCK + "#".repeat(10 * 1024 * 1024) }, /has more than 4194304 characters/],
    [
      "holds a merge conflict (B109)",
      { "karapace.lock": `${LOCK}<<<<<<< HEAD\n` },
      /karapace\.lock:13 holds the marker/,
    ],
    ["is cut in a string", { "karapace.lock": LOCK.slice(0, 40) }, /karapace\.lock:2 is not valid TOML/],
    ["is empty", { "karapace.lock": "" }, /`lock_version` is missing/],
  ])("refuses a lock that %s", async (_name, files, message) => {
    const step = await identify(files);
    expect(step.conclusion).toBe("failure");
    expect(JSON.stringify(step.annotations)).toMatch(message);
    expect(step.outputs["env-id"]).toBeUndefined();
  });
});
