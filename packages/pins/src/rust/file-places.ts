import { commandsOf } from "@release-actions/shell";
import { entryOf, type TomlDocument, type TomlNode, tableOf } from "@release-actions/toml";
import { isScalar, type Scalar } from "yaml";
import { OTHER_PIPELINES, TASK_FILES } from "../detect/files.ts";
import { distTables } from "../detect/image-sites.ts";
import type { Site } from "../fact.ts";
import { regexSites, tomlSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { plainScript, yamlScript } from "../locate/script.ts";
import { scalarPairs, scalarSite } from "../locate/yaml-file.ts";
import { RUST_VARIABLE } from "./ci-places.ts";
import { isAside, type RustPlace } from "./place.ts";
import { parseRelease } from "./release.ts";
import { toolchainsIn } from "./rustup-commands.ts";

const MISE = /(^|\/)(\.?mise(\.[\w-]+)?\.toml|\.config\/mise(\/config)?\.toml)$/;
const TOOL_VERSIONS = /(^|\/)\.tool-versions$/;
const CLIPPY = /(^|\/)\.?clippy\.toml$/;
const BAKE = /(^|\/)[\w.-]+\.hcl$/;
const DEVCONTAINER = /(^|\/)(\.devcontainer\/(.+\/)?)?\.?devcontainer\.json$/;

/** The places in all other kinds of files that name a Rust release. */
export function filePlaces(repository: Repository): RustPlace[] {
  const toml = (file: string): TomlDocument => repository.toml(file);
  return [
    ...distPlaces(repository),
    ...repository.readable(MISE, (file) => misePlaces(toml(file))).flat(),
    ...repository
      .readable(TOOL_VERSIONS, (file) => linePlaces(repository, file, /^rust[ \t]+(\S+)/, "tool version"))
      .flat(),
    ...repository.readable(CLIPPY, (file) => clippyPlaces(toml(file))).flat(),
    ...repository.readable(BAKE, (file) => bakePlaces(repository, file)).flat(),
    ...repository.readable(DEVCONTAINER, (file) => devcontainerPlaces(repository, file)).flat(),
    ...repository.readable(OTHER_PIPELINES, (file) => pipelinePlaces(repository, file)).flat(),
    ...repository.readable(TASK_FILES, (file) => taskPlaces(repository, file)).flat(),
  ];
}

type Kind = Pick<RustPlace, "fact" | "use" | "yieldsToFile"> & { readonly role?: RustPlace["role"] };

function make(site: Site, kind: Kind): RustPlace[] {
  const release = parseRelease(site.value);
  const file = site.location?.file ?? "";
  if (release === undefined || isAside(file)) return [];
  return [
    {
      role: "only",
      label: "",
      ...kind,
      site,
      release,
      folder: file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : ".",
    },
  ];
}

function distPlaces(repository: Repository): RustPlace[] {
  return distTables(repository).flatMap(({ file, table }) => {
    const node = entryOf(table, "rust-toolchain-version");
    const kind: Kind = { fact: "dist rust-toolchain-version", use: "ships", yieldsToFile: false };
    return node === undefined ? [] : make(tomlSite(repository.toml(file), node), kind);
  });
}

/** `rust = "1.80"` or `rust = { version = "1.80" }` of `[tools]`. */
function misePlaces(document: TomlDocument): RustPlace[] {
  const tool = entryOf(tableOf(document.root, "tools"), "rust");
  const node: TomlNode | undefined = tool?.kind === "table" ? entryOf(tool, "version") : tool;
  const kind: Kind = { fact: "mise", use: "develops", yieldsToFile: true };
  return node === undefined || node.kind === "array" ? [] : make(tomlSite(document, node), kind);
}

function clippyPlaces(document: TomlDocument): RustPlace[] {
  const node = entryOf(document.root, "msrv");
  const kind: Kind = { fact: "clippy msrv", use: "checks", yieldsToFile: false, role: "msrv" };
  return node === undefined ? [] : make(tomlSite(document, node), kind);
}

function linePlaces(repository: Repository, file: string, pattern: RegExp, fact: string): RustPlace[] {
  return regexSites(repository, file, pattern).flatMap((site) =>
    make(site, { fact, use: "develops", yieldsToFile: true }),
  );
}

/** `RUST_VERSION = "1.80"` among `args`, and `variable "RUST_VERSION" { default = "1.80" }`. */
function bakePlaces(repository: Repository, file: string): RustPlace[] {
  const names = "(?:RUST|RUSTC|RUSTUP)_?(?:VERSION|TOOLCHAIN|CHANNEL)";
  const patterns = [
    new RegExp(`^[ \\t]*"?${names}"?[ \\t]*[=:][ \\t]*"([^"$]+)"`, "i"),
    new RegExp(`variable[ \\t]+"${names}"[ \\t]*\\{[^}]*?default[ \\t]*=[ \\t]*"([^"$]+)"`, "i"),
  ];
  return patterns.flatMap((pattern) =>
    regexSites(repository, file, pattern).flatMap((site) =>
      make(site, { fact: "docker-bake", use: "ships", yieldsToFile: true }),
    ),
  );
}

function devcontainerPlaces(repository: Repository, file: string): RustPlace[] {
  const pattern = /"[^"]*\/features\/rust:[^"]*"\s*:\s*\{[^}]*?"version"\s*:\s*"([^"]+)"/;
  return linePlaces(repository, file, pattern, "devcontainer");
}

const SCRIPT_KEYS = new Set(["script", "before_script", "after_script", "run", "command", "commands", "bash"]);

function pipelinePlaces(repository: Repository, file: string): RustPlace[] {
  const yaml = repository.yaml(file);
  const kind: Kind = { fact: "pipeline toolchain", use: "checks", yieldsToFile: true };
  const named = scalarPairs(yaml).filter(({ path }) => RUST_VARIABLE.test(path.at(-1) ?? "") && path.at(-1) !== "rust");
  const scripts = scalarsUnder(yaml.document.contents, SCRIPT_KEYS).flatMap((scalar) => {
    const script = yamlScript(yaml, scalar);
    return scriptPlaces(script.text, script.site, kind);
  });
  return [...named.flatMap(({ scalar }) => make(scalarSite(yaml, scalar), kind)), ...scripts];
}

function scalarsUnder(node: unknown, keys: ReadonlySet<string>, isInside = false): Scalar[] {
  if (isScalar(node)) return isInside && typeof node.value === "string" ? [node] : [];
  if (typeof node !== "object" || node === null || !("items" in node) || !Array.isArray(node.items)) return [];
  return node.items.flatMap((item: unknown) => {
    if (typeof item !== "object" || item === null || !("key" in item) || !("value" in item))
      return scalarsUnder(item, keys, isInside);
    const key = isScalar(item.key) ? String(item.key.value) : "";
    return scalarsUnder(item.value, keys, keys.has(key) || (isInside && isScalar(item.value) && key === "command"));
  });
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
    return scriptPlaces(script.text, script.site, { fact: "task", use: "develops", yieldsToFile: true });
  });
}

function scriptPlaces(text: string, siteAt: ReturnType<typeof plainScript>["site"], kind: Kind): RustPlace[] {
  return commandsOf(text).flatMap(({ words }) =>
    toolchainsIn(words).flatMap(({ word, skip, yieldsToFile, installs }) => {
      const value = word.value?.slice(skip);
      if (value === undefined) return [];
      const site = siteAt(value, (word.valueStart ?? word.start) + skip, word.valueStart !== undefined);
      return make(site, { ...kind, yieldsToFile, role: installs ? "one of several" : "only" });
    }),
  );
}
