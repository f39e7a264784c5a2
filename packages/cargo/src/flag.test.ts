import { describe, expect, test } from "@jest/globals";
import { groupFlags } from "./flag.ts";

const canonical = (...args: string[]): string[] =>
  groupFlags(args.map((value) => ({ value }))).map((flag) => flag.canonical);

describe("groupFlags", () => {
  test.each([
    [["-C", "target-cpu=native"], ["-Ctarget-cpu=native"]],
    [["-Ctarget_cpu=native"], ["-Ctarget-cpu=native"]],
    [["--codegen", "target-cpu=native"], ["-Ctarget-cpu=native"]],
    [["--codegen=target-cpu=native"], ["-Ctarget-cpu=native"]],
    [["-C", "link-arg=-Wl,--a_b=c"], ["-Clink-arg=-Wl,--a_b=c"]],
    [["--cfg", "tokio_unstable"], ["--cfg=tokio_unstable"]],
    [['--cfg=feature="x"'], ['--cfg=feature="x"']],
    [["-D", "warnings"], ["-Dwarnings"]],
    [["--deny=warnings"], ["-Dwarnings"]],
    [
      ["-O", "-g"],
      ["-Copt-level=3", "-Cdebuginfo=2"],
    ],
    [["-Zshare_generics=y"], ["-Zshare-generics=y"]],
    [["-L", "native=/usr/lib_x"], ["-Lnative=/usr/lib_x"]],
    [
      ["--test", "--cfg", "a"],
      ["--test", "--cfg=a"],
    ],
    [["--cfg"], ["--cfg"]],
    [["--crate-type", "cdylib"], ["--crate-type=cdylib"]],
    [["--extern", "a=b"], ["--extern=a=b"]],
    [["-Wl"], ["-Wl"]],
    [["=x"], ["=x"]],
    [["--deny=a=b"], ["-Da=b"]],
    [[], []],
  ])("normalizes %j", (args, expected) => {
    expect(canonical(...args)).toEqual(expected);
  });

  // `rustc --help -v`
  test.each([
    ...["--cfg", "--check-cfg", "--cap-lints", "--color", "--crate-name", "--crate-type", "--diagnostic-width"],
    ...["--edition", "--emit", "--env-set", "--error-format", "--extern", "--force-warn", "--json", "--out-dir"],
    ...["--print", "--remap-path-prefix", "--remap-path-scope", "--sysroot", "--target"],
  ])("treats the argument after %s as its value", (option) => {
    expect(canonical(option, "a", "-g")).toEqual([`${option}=a`, "-Cdebuginfo=2"]);
  });

  test.each(["-A", "-C", "-D", "-F", "-L", "-W", "-Z", "-l", "-o"])(
    "accepts the value of %s in the same or the next argument",
    (option) => {
      expect(canonical(option, "a", "-g")).toEqual([`${option}a`, "-Cdebuginfo=2"]);
      expect(canonical(`${option}a`, "-g")).toEqual([`${option}a`, "-Cdebuginfo=2"]);
    },
  );

  test("keeps the arguments as they were written", () => {
    const args = ["-C", "opt-level=3", "-g"].map((value) => ({ value }));
    expect(groupFlags(args).map((flag) => flag.args.map((arg) => arg.value))).toEqual([["-C", "opt-level=3"], ["-g"]]);
  });
});
