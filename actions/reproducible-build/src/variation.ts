import { Fault } from "@release-actions/report";

/** Things that a build should not depend on, each by one word: those of reprotest, and those of another checkout. */
export const VARIATIONS = {
  path: "the folder of the workspace",
  home: "the home folder and the path of cargo's registry",
  user: "the user's name",
  host: "the host name",
  domain: "the domain name",
  kernel: "the release of the kernel",
  cpus: "the number of CPUs and jobs",
  time: "the clock",
  timezone: "the time zone",
  locale: "the locale",
  umask: "the umask",
  "file-order": "the order of directory entries",
  "file-times": "the times of the source files",
  environment: "other variables of the environment",
  "exec-path": "the PATH",
  aslr: "the layout of memory",
} as const;

export type Variation = keyof typeof VARIATIONS;

/** What to do when a build depends on a variation. */
export const VARIATION_REMEDIES: Readonly<Record<Variation, string>> = {
  path: 'Find what puts the path into the program (`env!("CARGO_MANIFEST_DIR")`, `file!`, a build script), and use a relative one.',
  home: "Keep `HOME`, `CARGO_HOME` and the paths below them out of the program.",
  user: "Keep the user's name (`USER`, `whoami`, `id -un`) out of the program.",
  host: "Keep the host's name (`hostname`, `uname -n`) out of the program.",
  domain: "Keep the domain's name out of the program.",
  kernel: "Keep the kernel's release (`uname -r`) out of the program.",
  cpus: "Do not let the number of CPUs decide what is generated: sort what threads produce, fix the number of parts.",
  time: "Read SOURCE_DATE_EPOCH instead of the clock, or leave the time out.",
  timezone: "Format times in UTC.",
  locale: "Sort and format independently of the locale (`LC_ALL=C`).",
  umask: "Set modes when packing.",
  "file-order": "Sort what is read from a folder.",
  "file-times":
    "Keep the times of source files out of the program, because every checkout sets them anew (crates that embed files have a feature for this).",
  environment: "Do not put all variables of the environment into the program.",
  "exec-path": "Keep the PATH and the paths of tools out of the program.",
  aslr: "Do not let addresses decide: no hashing or sorting of pointers.",
};

export function parseVariations(words: readonly string[]): Variation[] {
  if (words.length === 1 && words[0] === "all") return Object.keys(VARIATIONS) as Variation[]; // Its keys by its type.
  if (words.length === 1 && words[0] === "none") return [];
  return [...new Set(words)].map((word) => {
    if (Object.hasOwn(VARIATIONS, word)) return word as Variation; // Checked on this line.
    throw new Fault(
      `input \`vary\` has "${word}", expected all, none, or some of ${Object.keys(VARIATIONS).join(", ")}`,
    );
  });
}
