/** A small program around a published crate (test/fixtures/crates-with-causes), and the cause in the crate's source. */
export interface JudgedCrate {
  readonly crate: string;
  /** The cause that `reproducible-build` must name: words of `vary`, `chance`, or nothing. */
  readonly dependsOn: string;
  /** What in the crate is the cause, or why there is none. */
  readonly why: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Kinds of further causes that the comparison of the products shows. */
  readonly contents?: readonly string[];
}

/** The first crates are quick to build: they compile few crates. */
export const JUDGED_CRATES: readonly JudgedCrate[] = [
  { crate: "const-random", dependsOn: "chance", why: "a macro that expands to a random number" },
  {
    crate: "lmdb",
    dependsOn: "",
    why: "C with `__FILE__` in its assertions, compiled by the cc crate in the registry",
  },
  {
    ...{ crate: "lmdb", dependsOn: "home", inputs: { cflags: "false" } },
    why: "the same without `-ffile-prefix-map`: the registry's path is in the program",
  },
  { crate: "build-data", dependsOn: "host", why: "`set_BUILD_HOSTNAME` runs `hostname`" },
  { crate: "build-time", dependsOn: "timezone", why: "`build_time_local!` gives the offset of the machine's zone" },
  { crate: "humantime", dependsOn: "time", why: "the day as the clock has it, whatever SOURCE_DATE_EPOCH says" },
  {
    crate: "static-files",
    dependsOn: "file-times",
    why: "each file's mtime is kept; its feature `sort` sorts what `read_dir` gives",
  },
  {
    crate: "static-files-unsorted",
    dependsOn: "file-order file-times",
    why: "without its feature `sort` the files come as `read_dir` gives them",
  },
  { crate: "built-03", dependsOn: "cpus", why: "NUM_JOBS, which this version keeps whatever SOURCE_DATE_EPOCH says" },
  { crate: "whoami", dependsOn: "user", why: "`username` looks the user's number up (getpwuid_r)" },
  { crate: "uname", dependsOn: "kernel", why: "the release of the kernel, as uname(2) gives it" },
  { crate: "sys-locale", dependsOn: "locale", why: "`get_locale` reads LANGUAGE, LC_ALL, LC_MESSAGES, LANG" },
  { crate: "tar-folder", dependsOn: "file-order", why: "`append_dir_all` packs files in the order of `read_dir`" },
  { crate: "tar-generated", dependsOn: "umask", why: "the header has the mode of a file that the build script wrote" },
  {
    crate: "include-dir",
    dependsOn: "time",
    why: "its feature `metadata` keeps when each file was created, changed and read, and each build reads them",
  },
  {
    crate: "rust-embed",
    dependsOn: "",
    why: "the times of files that it keeps are SOURCE_DATE_EPOCH where that is set",
  },
  { crate: "hashify", dependsOn: "", why: "the macro sorts what its hash maps with random keys hold" },
  { crate: "shadow-rs", dependsOn: "path", why: "`CARGO_MANIFEST_DIR` is a constant of the build" },
  { crate: "built", dependsOn: "", why: "it reads SOURCE_DATE_EPOCH, and sets the number of jobs to 1 with it" },
  { crate: "vergen", dependsOn: "", why: "`use_local` has no effect where SOURCE_DATE_EPOCH is set" },
  { crate: "ring", dependsOn: "", why: "C and assembly, which the cc crate compiles without times and paths" },
  {
    crate: "openssl-src",
    dependsOn: "path",
    why: "the folders of engines and modules are below OUT_DIR, and are stored",
  },
];
