import { entryOf, type TomlDocument, type TomlNode, tableOf } from "@release-actions/toml";
import { OTHER_PIPELINES, TASK_FILES } from "../detect/files.ts";
import { distTables } from "../detect/image-sites.ts";
import { regexSites, tomlSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { plainScript, type Script, yamlScript } from "../locate/script.ts";
import { scalarPairs, scalarSite, scalarValues, type YamlFile } from "../locate/yaml-file.ts";
import { RUST_VARIABLE } from "./ci-places.ts";
import { isAside, type PlaceKind, type RustPlace, rustPlace } from "./place.ts";
import { scriptToolchains } from "./rustup-commands.ts";

const MISE = /(^|\/)(\.?mise(\.[\w-]+)?\.toml|\.config\/mise(\/config)?\.toml)$/;
const TOOL_VERSIONS = /(^|\/)\.tool-versions$/;
const CLIPPY = /(^|\/)\.?clippy\.toml$/;
const BAKE = /(^|\/)[\w.-]+\.hcl$/;
/** `RUST_VERSION = "1.80"` among `args`, and `variable "RUST_VERSION" { default = "1.80" }`. */
const BAKED = [
  /^[ \t]*"?(?:RUST|RUSTC|RUSTUP)_?(?:VERSION|TOOLCHAIN|CHANNEL)"?[ \t]*[=:][ \t]*"([^"$]+)"/i,
  /variable[ \t]+"(?:RUST|RUSTC|RUSTUP)_?(?:VERSION|TOOLCHAIN|CHANNEL)"[ \t]*\{[^}]*?default[ \t]*=[ \t]*"([^"$]+)"/i,
];
const DEVCONTAINER = /(^|\/)(\.devcontainer\/(.+\/)?)?\.?devcontainer\.json$/;
/** The feature that installs Rust in a development container. */
const FEATURE = /"[^"]*\/features\/rust:[^"]*"\s*:\s*\{[^}]*?"version"\s*:\s*"([^"]+)"/;

/** The places in all other kinds of files that name a Rust release. */
export function filePlaces(repository: Repository): RustPlace[] {
  return [
    ...distPlaces(repository),
    ...repository.readable(MISE, (file) => misePlaces(repository.toml(file))),
    ...repository.readable(TOOL_VERSIONS, (file) =>
      linePlaces(repository, file, /^rust[ \t]+(\S+)/, "tool version", "develops"),
    ),
    ...repository.readable(CLIPPY, (file) => clippyPlaces(repository.toml(file))),
    ...repository.readable(BAKE, (file) =>
      BAKED.flatMap((pattern) => linePlaces(repository, file, pattern, "docker-bake", "ships")),
    ),
    ...repository.readable(DEVCONTAINER, (file) => linePlaces(repository, file, FEATURE, "devcontainer", "develops")),
    ...repository.readable(OTHER_PIPELINES, (file) => pipelinePlaces(repository.yaml(file))),
    ...repository.readable(TASK_FILES, (file) => taskPlaces(repository, file)),
  ].filter(({ site }) => !isAside(site.location?.file ?? ""));
}

function distPlaces(repository: Repository): RustPlace[] {
  return distTables(repository).flatMap(({ document, table }) => {
    const node = entryOf(table, "rust-toolchain-version");
    const kind: PlaceKind = { fact: "dist rust-toolchain-version", use: "ships", yieldsToFile: false };
    return node === undefined ? [] : rustPlace(tomlSite(document, node), kind);
  });
}

/** `rust = "1.80"` or `rust = { version = "1.80" }` of `[tools]`. */
function misePlaces(document: TomlDocument): RustPlace[] {
  const tool = entryOf(tableOf(document.root, "tools"), "rust");
  const node: TomlNode | undefined = tool?.kind === "table" ? entryOf(tool, "version") : tool;
  const kind: PlaceKind = { fact: "mise", use: "develops", yieldsToFile: true };
  return node === undefined || node.kind === "array" ? [] : rustPlace(tomlSite(document, node), kind);
}

function clippyPlaces(document: TomlDocument): RustPlace[] {
  const node = entryOf(document.root, "msrv");
  const kind: PlaceKind = { fact: "clippy msrv", use: "checks", yieldsToFile: false, role: "msrv" };
  return node === undefined ? [] : rustPlace(tomlSite(document, node), kind);
}

function linePlaces(
  repository: Repository,
  file: string,
  pattern: RegExp,
  fact: string,
  use: RustPlace["use"],
): RustPlace[] {
  return regexSites(repository, file, pattern).flatMap((site) => rustPlace(site, { fact, use, yieldsToFile: true }));
}

/** Keys of scripts, each a text or a list of lines. */
const SCRIPT_KEY = /^(script|before_script|after_script|run|command|commands|bash)$/;

function pipelinePlaces(yaml: YamlFile): RustPlace[] {
  const kind: PlaceKind = { fact: "pipeline toolchain", use: "checks", yieldsToFile: true };
  const named = scalarPairs(yaml).filter(({ path }) => RUST_VARIABLE.test(path.at(-1) ?? "") && path.at(-1) !== "rust");
  const scripts = scalarValues(yaml).filter(
    ({ path, scalar }) => SCRIPT_KEY.test(path.at(-1) ?? "") && typeof scalar.value === "string",
  );
  return [
    ...named.flatMap(({ scalar }) => rustPlace(scalarSite(yaml, scalar), kind)),
    ...scripts.flatMap(({ scalar }) => scriptPlaces(yamlScript(yaml, scalar), kind)),
  ];
}

/** Recipes of make and just are read as lines of shell. The values of their own variables are unknown. */
function taskPlaces(repository: Repository, file: string): RustPlace[] {
  const text = repository.text(file);
  const locate = repository.locator(file);
  let start = 0;
  return text.split("\n").flatMap((line) => {
    const at = start;
    start += line.length + 1;
    const body = line.replace(/^[ \t]+[@-]*/, "");
    if (body === line || !/rustup|--default-toolchain|\+(1\.|stable|beta|nightly)/.test(body) || body.startsWith("#"))
      return [];
    const script = plainScript(
      body.replace(/\{\{.*?\}\}|\$\([^)]*\)/g, (whole) => "\uE000".repeat(whole.length)),
      locate,
      at + line.length - body.length,
    );
    return scriptPlaces(script, { fact: "task", use: "develops", yieldsToFile: true });
  });
}

function scriptPlaces(script: Script, kind: PlaceKind): RustPlace[] {
  return scriptToolchains(script).flatMap(({ site, yieldsToFile, role }) =>
    site === undefined ? [] : rustPlace(site, { ...kind, yieldsToFile, role }),
  );
}
