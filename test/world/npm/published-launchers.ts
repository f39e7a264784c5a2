import type { NpmPin } from "../bring.ts";

/** A third-party tool that is published as a launcher and a program for each platform. */
export interface Tool extends NpmPin {
  /** The path of the launcher in its package. */
  readonly bin: string;
  /** The path below node_modules where it looks for the program of linux-x64. */
  readonly program: string;
  readonly needs?: readonly NpmPin[];
  /** The rows of the contract that it does not meet, according to its source and its behaviour. */
  readonly lacks: readonly string[];
  /** The rows that depend on the order of two signals that arrive together, and are therefore not compared. */
  readonly unsteady?: readonly string[];
}

/** Rows of the launchers' contract, grouped by the behaviour that is missing. */
const LACKS = {
  passingOn: ["INT", "TERM", "HUP", "QUIT"].map((name) => `SIG${name} passed on`),
  group: ["INT", "TERM", "HUP", "QUIT"].map((name) => `SIG${name} to its process group`),
  pipe: ["SIGPIPE, which ends a program"],
  kill: ["SIGKILL to the launcher, which must leave no process running"],
  ended: ["a program that SIGKILL ended"],
  codes: ["its arguments and input, and exit code 7", "exit code 42", "exit code 127", "exit code 255"],
  reasons: ["a program that cannot run", "a program that is not installed"],
} as const;

const { codes, ended, passingOn, group, pipe, kill, reasons } = LACKS;
const ALL_LACKS = [...codes, ...ended, ...passingOn, ...group, ...pipe, ...kill, ...reasons];

const DETECT_LIBC: NpmPin = {
  ...{ name: "detect-libc", version: "2.1.2" },
  integrity: "sha512-Btj2BOOO83o3WyH59e8MgXsxEQVcarkUOpEYrubB0urwnN10yQ364rsiByU11nZlqWYZm05i/of7io4mzihBtQ==",
};

export const TOOLS: readonly Tool[] = [
  {
    ...{
      name: "@typescript/native-preview",
      version: "7.0.0-dev.20260707.2",
      bin: "bin/tsgo",
      program: "@typescript/native-preview-linux-x64/lib/tsgo",
    },
    integrity: "sha512-oUGp+Rep/hqMhPunyinsALUwSlzHINSxitifPiSaeqoKOKD2OlR9NE3TaPqwsl4NlGslsOSUXI1JotWQzpYCPg==",
    lacks: [...LACKS.pipe, ...LACKS.reasons],
  },
  {
    ...{
      name: "@ast-grep/cli",
      version: "0.51.1",
      bin: "ast-grep",
      program: "@ast-grep/cli-linux-x64-gnu/ast-grep",
      needs: [DETECT_LIBC],
    },
    integrity: "sha512-xdX9+jHTZLwpYtHFRmK4Zzoe0UPmZrn037wwCHKBqaFJPC12xiGTwrZEZDMbBwRwmsGYcG1yHsb7yvEFU8EzNw==",
    lacks: ["SIGQUIT passed on", ...LACKS.pipe, ...LACKS.kill, ...LACKS.reasons],
    unsteady: LACKS.group,
  },
  {
    ...{ name: "@biomejs/biome", version: "2.6.8", bin: "bin/biome", program: "@biomejs/cli-linux-x64/biome" },
    integrity: "sha512-kqZUFvX6/aYQOmzfRN5ANcfNS9wLH4aHLWWP/dQKyhRZVoA6rdWszA7DGugFcxPbMiznUyVYyukVl+ExZN4PQA==",
    lacks: [...LACKS.passingOn, ...LACKS.group, ...LACKS.kill, ...LACKS.reasons],
  },
  {
    ...{ name: "lefthook", version: "2.2.2", bin: "bin/index.js", program: "lefthook-linux-x64/bin/lefthook" },
    integrity: "sha512-37fYHAhL12r1twaEV0PA5TwoIT491eTGGYjhhXxlYNMq3DSkiGZBQ++Jfk5maXj0vq52NRauLtMikBKtbNJs3Q==",
    lacks: ALL_LACKS,
  },
  {
    ...{
      name: "@restatedev/restate",
      version: "1.7.12",
      bin: "lib/index.js",
      program: "@restatedev/restate-linux-x64/bin/restate",
    },
    integrity: "sha512-WEPpf+tpG6m1WExJ3g/Em8VXc/excWZzQj2rKtE3hx4aCIrPsySpuK57G+ZlU9e2u9OCqgXVlVR5/1tNdkmHZw==",
    lacks: [...LACKS.ended, ...LACKS.passingOn, ...LACKS.group, ...LACKS.pipe, ...LACKS.kill, ...LACKS.reasons],
  },
  {
    ...{ name: "esbuild", version: "0.28.2", bin: "bin/esbuild", program: "@esbuild/linux-x64/bin/esbuild" },
    integrity: "sha512-HKVLS8dvII+xoKW9kmqxbRKrnWEXfJJr/FZhhJmiqIB0e053QNYFqOBouTMO/k5sID4MvCiUCvv8b9M4h32wIA==",
    lacks: ALL_LACKS,
  },
  {
    ...{ name: "turbo", version: "2.11.11", bin: "bin/turbo", program: "@turbo/linux-64/bin/turbo" },
    integrity: "sha512-AI4UJbUE/2cVZdoXJ4PODc8qvrjhQQX9Fa93eKGOI6Ims/w7+kUIb9T1jhlgSnZcf+gtUruci/ohSwqtNNC5Yw==",
    lacks: ["SIGINT passed on", "SIGQUIT passed on", ...LACKS.pipe, ...LACKS.kill, ...LACKS.reasons],
    unsteady: LACKS.group,
  },
  {
    ...{
      name: "pagefind",
      version: "1.6.0",
      bin: "lib/runner/bin.cjs",
      program: "@pagefind/linux-x64/bin/pagefind_extended",
    },
    integrity: "sha512-yeOd9EA0TUE1PUfbQIluBxzPadBG5/0BV48FAxwMVLkhZcOvwCz6TX4/a/Ofz97pF9/FwwT7CVbTC97BfmI+LQ==",
    lacks: [...LACKS.ended, ...LACKS.passingOn, ...LACKS.group, ...LACKS.pipe, ...LACKS.kill, ...LACKS.reasons],
  },
  {
    ...{
      name: "@moonrepo/cli",
      version: "2.5.5",
      bin: "moon.js",
      program: "@moonrepo/core-linux-x64-gnu/moon",
      needs: [DETECT_LIBC],
    },
    integrity: "sha512-nMNFfyAmJGMYWJczuJpl0vMwRaalOnCcha06kQt5b+y7uInklQ3lQ0kSdzhqev71Fn73m2zcNd4THhTv9m/QMg==",
    lacks: [...LACKS.ended, ...LACKS.passingOn, ...LACKS.group, ...LACKS.pipe, ...LACKS.kill, ...LACKS.reasons],
  },
  {
    ...{ name: "dprint", version: "0.57.4", bin: "bin.cjs", program: "dprint/dprint" },
    integrity: "sha512-iiorgfJrrV7DDf7S9AB/d5ZB59Jn5idMDQoU7o6H9m6AvGVaLAPrGTAslmTwykkft9CYbWzqUrKjmKT80KWmAA==",
    lacks: [...LACKS.ended, ...LACKS.passingOn, ...LACKS.group, ...LACKS.pipe, ...LACKS.kill, ...LACKS.reasons],
  },
];
