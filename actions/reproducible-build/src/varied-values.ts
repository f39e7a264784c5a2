/** How far the varied clock is ahead in days, so that year, month, day and weekday all differ. */
export const DAYS_AHEAD = 400;

/** The values that the other builds see instead of the machine's own. Where there are two, builds alternate. */
export const VARIED_VALUES = {
  host: "another-host",
  domain: "another.example",
  kernel: "4.19.0-another",
  user: "someone-else",
  timezone: ["Asia/Kathmandu", "America/St_Johns"],
  /** LANG, LC_ALL and LANGUAGE. Where a locale is not installed, programs that only read the variables still see it. */
  lang: ["tr_TR.UTF-8", "fr_CH.UTF-8"],
  locale: ["tr_TR.UTF-8", "POSIX"],
  language: ["tr_TR:fr", "fr_CH"],
  umask: [0o027, 0o077],
  variable: "REPRODUCIBLE_BUILD_VARIATION",
} as const;

/** The folders of the other builds, below a temporary one. */
export const VARIED_FOLDERS = {
  /** Deeper than most workspaces, and not as long as the unvaried folder, so that path lengths differ too. */
  workspace: "another/and-deeper/folder",
  home: "a-home",
  /** Below the home folder; added at the end of the PATH. */
  programs: "one-more/bin",
} as const;
