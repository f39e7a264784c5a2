import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { findProgram } from "@release-actions/command";
import { describeWith } from "../parts.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { RUST_FOLDERS } from "../support/rust-env.ts";

const CRATE = {
  "Cargo.toml": '[package]\nname = "tool"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n',
  "Cargo.lock": 'version = 4\n\n[[package]]\nname = "tool"\nversion = "0.1.0"\n',
};
type Values = Readonly<Record<string, string>>;

/** Like OpenSSL: the build generates a header with the flags, which the library returns. Its assertions name the source. */
const STORES_FLAGS: Values = {
  ...CRATE,
  "library/version.c":
    '#include "buildinf.h"\nconst char *library_version(int part) { return part == 0 ? compiler_flags : __FILE__; }\n',
  "build.rs": `use std::{env, fs, process::Command};
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let flags = format!("-O2 {}", env::var("CFLAGS").unwrap_or_default());
    let cc = env::var("CC").unwrap_or("cc".into());
    fs::write(format!("{out}/buildinf.h"), format!("static const char compiler_flags[] = \\"compiler: cc {flags}\\";\\n")).unwrap();
    let source = format!("{}/library/version.c", env::var("CARGO_MANIFEST_DIR").unwrap());
    let object = format!("{out}/version.o");
    let compiled = Command::new(cc).args(flags.split_whitespace()).args(["-I", &out, "-c", &source, "-o", &object]).status().unwrap();
    let packed = Command::new("ar").args(["crsD", &format!("{out}/libversion.a"), &object]).status().unwrap();
    assert!(compiled.success() && packed.success());
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=version");
}
`,
  "src/main.rs": `use std::ffi::{c_char, c_int, CStr};
extern "C" { fn library_version(part: c_int) -> *const c_char; }
fn main() {
    for part in 0..2 { println!("{}", unsafe { CStr::from_ptr(library_version(part)) }.to_string_lossy()); }
}
`,
};

/** A program that contains the path of its source, as every `panic!` and `file!` puts it there. */
const NAMES_ITS_SOURCE: Values = {
  ...CRATE,
  "src/main.rs": 'mod deep;\nfn main() { println!("{}", deep::place()); }\n',
  "src/deep.rs": "pub fn place() -> &'static str { file!() }\n",
};

describeWith(["cargo", "rustc", "cc", "ar"], "reproducible-build with flags that map paths", () => {
  let job: Job;
  beforeEach(async () => {
    job = await Job.open({ env: RUST_FOLDERS });
  });
  afterEach(() => job.close());

  async function build(files: Values, inputs: Values, env: Values = {}): Promise<StepResult> {
    job.write(files);
    return await job.step("reproducible-build", { inputs, env });
  }

  test("C code that stores its CFLAGS does not store a path, because compilers on the PATH add the mapping", async () => {
    const step = await build(STORES_FLAGS, { builds: "2", vary: "path home" });
    expect([step.conclusion, step.annotations, step.outputs["reproducible"]]).toEqual(["success", [], "true"]);
  }, 120_000);

  test("where CC names a compiler by its path, reports the stored mapping and what helps", async () => {
    const env = { CC: findProgram("cc", process.env["PATH"]) ?? "" };
    const step = await build(STORES_FLAGS, { builds: "2", vary: "path", bisect: "false" }, env);
    expect([step.conclusion, step.outputs["reproducible"]]).toEqual(["failure", "false"]);
    const messages = step.annotations.map(({ message }) => message);
    expect(messages).toContainEqual(
      expect.stringMatching(
        /the program stores its own compiler flags, with -ffile-prefix-map=\/.*=\.\.\., at byte \d+ in \.rodata: .*Leave `CC` and `CXX` unset/,
      ),
    );
    // A folder that is already mapped is not reported as a folder to map.
    expect(messages.join("\n")).not.toMatch(/to the remapped folders/);
    expect(JSON.parse(step.outputs["causes"] ?? "")).toMatchObject([{ kind: "build-flags" }]);
  }, 120_000);

  test("cargo's own trim-paths is used where cargo has it, and the builds are equal", async () => {
    const step = await build(NAMES_ITS_SOURCE, { builds: "2", vary: "path home" }, { RUSTC_BOOTSTRAP: "1" });
    expect([step.conclusion, step.annotations, step.outputs["reproducible"]]).toEqual(["success", [], "true"]);
    expect(step.log).toContain('-Ztrim-paths --config profile.release.trim-paths=["macro","object"]');
    expect(step.outputs["rustflags"]).toBe("");
  }, 120_000);

  test.each<[string, Values, Values]>([
    ["a stable cargo has none", {}, {}],
    ["the input says never", { "trim-paths": "never" }, { RUSTC_BOOTSTRAP: "1" }],
  ])("rustc gets the mapping where %s", async (_where, inputs, env) => {
    const step = await build(NAMES_ITS_SOURCE, { mode: "print", ...inputs }, env);
    expect(step.outputs["rustflags"]).toMatch(/--remap-path-prefix=\/.*=src/);
  });
});
