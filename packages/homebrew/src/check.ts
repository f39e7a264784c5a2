import type { Version } from "@release-actions/channel";
import type { Problem } from "@release-actions/report";
import { fileOf, findStranger, type ReleaseAddresses } from "./address.ts";
import { type Arch, classNameOf, type Formula, type FormulaDownload, type Os } from "./formula.ts";

/** The SHA-256 of an empty file, which a failed download leaves behind. */
const SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** An archive of the release that a formula may download. */
export interface ReleaseArchive {
  readonly name: string;
  /** Rust target triples. */
  readonly targets: readonly string[];
  /** The SHA-256 in the finished build, lowercase hex; `undefined` when it is unknown. */
  readonly sha256: string | undefined;
}

export interface Expectation extends ReleaseAddresses {
  readonly version: Version;
  readonly archives: readonly ReleaseArchive[];
  /** Whether a target is left out on purpose, so that the formula may lack it. */
  readonly isDropped?: (target: string) => boolean;
}

/** Compares a formula with the release that it installs. Without findings it may be published. */
export function checkFormula(formula: Formula, expected: Expectation): readonly Problem[] {
  const { file, className, version, downloads, foreign } = formula;
  const found: Problem[] = [];
  const say: Say = (line, message) => {
    const title = "Formula does not match the release";
    found.push({ level: "error", message: `${file}: ${message}`, title, location: { file, line } });
  };
  const expectedClass = classNameOf(file);
  if (className.value !== expectedClass)
    say(className.line, `the class is ${className.value}, expected ${expectedClass} as the file is called ${file}`);
  if (version?.value !== expected.version.text) {
    const said = version === undefined ? "there is no `version`" : `the version is ${version.value}`;
    say(version?.line ?? 1, `${said}, expected ${expected.version.text}`);
  }
  if (downloads.length === 0) say(1, "there is no `url`");
  for (const download of downloads) checkDownload(download, expected, say);
  for (const { value, line } of foreign)
    say(line, `\`${value}\` is not a directive of a formula, and Homebrew runs it whenever it reads the file`);
  checkShared(downloads, say);
  checkPlatforms(downloads, expected, say);
  return found;
}

type Say = (line: number, message: string) => void;

function checkDownload(download: FormulaDownload, expected: Expectation, say: Say): void {
  const { archives } = expected;
  const { url } = download;
  if (!URL.canParse(url.value) || !/^(https:|http:\/\/127\.0\.0\.1)/.test(url.value))
    say(url.line, `${url.value} is not an https URL`);
  const file = fileOf(url.value);
  const stranger = findStranger(url.value, file, expected);
  if (stranger !== undefined) say(url.line, stranger);

  const [sha256, second] = download.sha256;
  if (sha256 === undefined) say(url.line, `there is no sha256 for ${file}`);
  else if (second !== undefined) say(second.line, `there is a second sha256 for ${file}`);
  else if (!/^[0-9a-f]{64}$/.test(sha256.value))
    say(sha256.line, `the sha256 of ${file} is ${JSON.stringify(sha256.value)}, expected 64 lowercase hex characters`);
  else if (sha256.value === SHA256_OF_NOTHING) say(sha256.line, `the sha256 of ${file} is that of an empty file`);

  const archive = archives.find((candidate) => candidate.name === file);
  if (archive === undefined) {
    say(url.line, `${file} is not an archive of this release`);
  } else if (archive.sha256 === undefined) {
    say(url.line, `there is no sha256 for ${file} in the finished build`);
  } else if (sha256 !== undefined && sha256.value !== archive.sha256) {
    say(sha256.line, `the sha256 of ${file} is ${sha256.value}, but the finished build has ${archive.sha256}`);
  }
  if (archive !== undefined && !archive.targets.some((target) => runsOn(target, download, archives))) {
    say(url.line, `${file} is for ${archive.targets.join(", ")}, but is offered to ${platformName(download)}`);
  }
}

function checkShared(downloads: readonly FormulaDownload[], say: Say): void {
  for (const [
    index,
    {
      url,
      sha256: [sha256],
    },
  ] of downloads.entries()) {
    const twin = downloads
      .slice(0, index)
      .find((other) => other.sha256[0]?.value === sha256?.value && other.url.value !== url.value);
    if (twin !== undefined && sha256 !== undefined)
      say(sha256.line, `${url.value} has the sha256 of ${twin.url.value}`);
  }
}

function checkPlatforms(
  downloads: readonly FormulaDownload[],
  { archives, isDropped = () => false }: Expectation,
  say: Say,
): void {
  const platforms = new Map<string, { os: Os; arch: Arch }>();
  for (const target of archives.flatMap((archive) => archive.targets).filter((name) => !isDropped(name))) {
    const platform = platformOf(target);
    if (platform !== undefined) platforms.set(platformName(platform), platform);
  }
  for (const [name, { os, arch }] of platforms) {
    if (!downloads.some((download) => (download.os ?? os) === os && (download.arch ?? arch) === arch))
      say(1, `there is an archive for ${name}, but no url`);
  }
}

/**
 * Whether a target's program runs on the platform of a download. ARM Macs run Intel programs if the release has no
 * archive for them.
 */
function runsOn(target: string, { os, arch }: FormulaDownload, archives: readonly ReleaseArchive[]): boolean {
  const platform = platformOf(target);
  if (platform === undefined || (os !== undefined && os !== platform.os)) return false;
  const armMac = archives.some((archive) => archive.targets.includes("aarch64-apple-darwin"));
  if (platform.os === "macos" && platform.arch === "intel" && !armMac) return true;
  return arch === platform.arch;
}

function platformOf(target: string): { os: Os; arch: Arch } | undefined {
  const [, cpu, rest] = /^(x86_64|aarch64)-(.+)$/.exec(target) ?? [];
  if (cpu === undefined || rest === undefined) return undefined;
  const os = rest.endsWith("-darwin") ? "macos" : rest.includes("-linux-") ? "linux" : undefined;
  return os && { os, arch: cpu === "aarch64" ? "arm" : "intel" };
}

function platformName({ os, arch }: { readonly os: Os | undefined; readonly arch: Arch | undefined }): string {
  return `${os === undefined ? "every system" : os === "macos" ? "macOS" : "Linux"} on ${arch === undefined ? "every processor" : arch === "arm" ? "ARM" : "Intel"}`;
}
