import { describe, expect, test } from "@jest/globals";
import type { CommandRunner } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { printCfg, queryRustc } from "./rustc.ts";

const ANSWER = `rustc 1.95.0 (abc 2026-01-01)
binary: rustc
host: x86_64-unknown-linux-gnu
release: 1.95.0
LLVM version: 21.1.0
`;

interface Said {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** A compiler with this output and exit code; its command lines are added to `asked`. */
function rustc({ stdout = ANSWER, stderr = "", exitCode = 0 }: Said, asked: string[] = []): CommandRunner {
  return async (command, args, options) => {
    asked.push([command, ...args].join(" "));
    if (exitCode !== 0 && options?.check !== false) throw new Error("the command failed");
    return { stdout, stderr, exitCode } as Awaited<ReturnType<CommandRunner>>; // The callers only read these fields.
  };
}

const query = async (said: Said, channel?: string, env: Readonly<Record<string, string>> = {}) => {
  using tree = new FileTree(
    channel === undefined ? {} : { "rust-toolchain.toml": `[toolchain]\nchannel = "${channel}"\n` },
  );
  return await queryRustc({ cwd: tree.root, env, run: rustc(said) });
};

describe("queryRustc", () => {
  test("returns the compiler's release and host", async () => {
    const asked: string[] = [];
    using tree = new FileTree();
    const found = await queryRustc({ cwd: tree.root, env: {}, run: rustc({}, asked) });
    expect(found).toEqual({ release: "1.95.0", host: "x86_64-unknown-linux-gnu", pinned: undefined });
    expect(asked).toEqual(["rustc -vV"]);
  });

  test.each(["1.95.0", "1.95", "stable", "nightly-2026-01-01", "beta", "1.94-aarch64-apple-darwin"])(
    "accepts the compiler when %s is pinned",
    async (channel) => {
      expect((await query({}, channel)).pinned?.channel).toBe(channel);
    },
  );

  test.each(["1.94.0", "1.9", "1.95.1", "2.95"])("refuses the compiler when %s is pinned", async (channel) => {
    await expect(query({}, channel)).rejects.toThrow(`pins Rust ${channel}, but rustc here is 1.95.0`);
    expect((await query({}, channel, { RUSTUP_TOOLCHAIN: "stable" })).release).toBe("1.95.0");
  });

  test("shows the output of a compiler that does not name its release and host", async () => {
    await expect(query({ stdout: "release: 1.95.0\n" })).rejects.toThrow("did not name its release and host");
    await expect(query({ stdout: "host: x\nthe release: 1\n" })).rejects.toThrow("but said:\nhost: x");
  });

  test("shows the error output of a compiler that does not start, and names the pinned channel", async () => {
    const stderr = "\n1\n2\n3\n4\n5\n";
    await expect(query({ exitCode: 1, stderr })).rejects.toThrow(/^rustc does not start:\n1\n2\n3\n4$/);
    await expect(query({ exitCode: 1, stderr }, "1.80.0")).rejects.toThrow(
      /rust-toolchain\.toml.* pins Rust 1\.80\.0, which does not start here:\n1\n2\n3\n4$/,
    );
    await expect(query({ exitCode: 1, stderr }, "1.80.0")).rejects.toMatchObject({
      advice: "Run `rustup toolchain install 1.80.0` first.",
    });
  });
});

describe("printCfg", () => {
  const ask = (said: Said, asked?: string[]) =>
    printCfg({ cwd: "/", env: {}, run: rustc(said, asked) }, "wasm32-wasip1", ["-Cx"]);

  test("asks for all crate types at once, and removes the cfg that only crate types add", async () => {
    const asked: string[] = [];
    const cfg = await ask({ stdout: 'unix\nproc_macro\ntarget_os="wasi"\n' }, asked);
    expect(cfg.map(({ name }) => name)).toEqual(["unix", "target_os"]);
    expect(asked).toEqual([
      "rustc - --crate-name ___ --print cfg --target wasm32-wasip1 -Cx --crate-type bin --crate-type rlib " +
        "--crate-type dylib --crate-type cdylib --crate-type staticlib --crate-type proc-macro -Wwarnings",
    ]);
  });

  test("shows the first lines of rustc's error output for an unknown target", async () => {
    await expect(ask({ exitCode: 1, stderr: "\n1\n2\n3\n4\n5\n6\n7" })).rejects.toThrow(
      /^rustc cannot describe the target wasm32-wasip1 with the flags "-Cx":\n1\n2\n3\n4\n5\n6$/,
    );
  });
});
