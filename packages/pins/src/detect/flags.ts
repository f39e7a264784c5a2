import path from "node:path";
import { type Cfg, groupFlags, matchesCfg, readConfigFile } from "@release-actions/cargo";
import { entryOf, stringsOf, type TomlNode, tableOf } from "@release-actions/toml";
import type { Fact, Relation, Site } from "../fact.ts";
import { wordSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { scalarPairs, scalarSite } from "../locate/yaml-file.ts";
import type { Detected } from "./detected.ts";
import { exportedVariables } from "./exported.ts";
import { DOCKERFILES, distTables, WORKFLOWS } from "./image-sites.ts";
import { releaseSetup } from "./release-setup.ts";

/** A `RUSTFLAGS` variable hides the configuration file (cargo takes flags from one place alone), so it must repeat its flags. */
export function detectFlags(repository: Repository): Detected {
  const file = [".cargo/config", ".cargo/config.toml"].find((name) => repository.has(name));
  if (file === undefined) return { facts: [], relations: [], elsewhere: [] };
  const root = readConfigFile(path.join(repository.root, file), repository.root);
  const spelling = new Map<string, string>();
  const common = flagSite(entryOf(tableOf(root, "build"), "rustflags"), spelling);
  const ofTargets = [...(tableOf(root, "target")?.entries ?? [])].flatMap(([target, table]) => {
    const site = flagSite(entryOf(table, "rustflags"), spelling);
    return site === undefined || !isReleased(repository, target) ? [] : [{ name: `flags of ${target}`, sites: [site] }];
  });
  const setup = releaseSetup(repository);
  const variables = [...workflowFlags(repository), ...dockerfileFlags(repository)].map((site) =>
    appendable(site, spelling),
  );
  const released =
    setup === undefined ? [] : echoedFlags(repository, setup.file).map((site) => appendable(site, spelling));
  const facts: Fact[] = [
    { name: "config rustflags", sites: common === undefined ? [] : [common] },
    ...ofTargets,
    { name: "RUSTFLAGS", sites: variables },
    { name: "release RUSTFLAGS", sites: released },
  ];
  const relations: Relation[] = [
    { name: "flags", kind: "subset", leader: "config rustflags", followers: ["RUSTFLAGS", "release RUSTFLAGS"] },
    // A target's flags may be left to cargo-dist, which adds some of its own.
    ...ofTargets.map(
      ({ name }): Relation => ({
        name: "flags",
        kind: "subset",
        leader: name,
        followers: ["release RUSTFLAGS"],
        severity: "warning",
      }),
    ),
  ];
  return { facts, relations, elsewhere: [] };
}

/** Whether cargo-dist builds for a target that the key of a `[target]` table stands for. */
function isReleased(repository: Repository, key: string): boolean {
  const triples = distTables(repository).flatMap(({ table }) => stringsOf(table, "targets").map(({ value }) => value));
  return triples.some((triple) => triple === key || matchesCfg(key, cfgOfTriple(triple)) === true);
}

/** What a triple's name says of its `cfg`, for telling which table is meant without asking rustc. */
function cfgOfTriple(triple: string): Cfg[] {
  const [arch = "", , os = "", env] = triple.split("-");
  const family = os === "windows" ? "windows" : "unix";
  const cfg = (name: string, value?: string): Cfg => ({ name, value });
  return [
    cfg("target_arch", arch),
    cfg("target_os", os === "darwin" ? "macos" : os),
    cfg("target_env", env?.replace(/eabi.*$/, "") ?? ""),
    cfg("target_family", family),
    cfg(family),
  ];
}

function flagSite(node: TomlNode | undefined, spelling: Map<string, string>): Site | undefined {
  if (node === undefined || (node.kind !== "string" && node.kind !== "array")) return undefined;
  const words =
    node.kind === "string"
      ? node.value.split(/\s+/)
      : node.items.flatMap((item) => (item.kind === "string" ? [item.value] : []));
  const flags = flagsOf(words);
  for (const { canonical, args } of flags) spelling.set(canonical, args.map(({ value }) => value).join(" "));
  // A leader, which nothing rewrites; its items may come from several files.
  return { value: words.join(" "), items: flags.map(({ canonical }) => canonical), location: node.location };
}

function flagsOf(words: readonly string[]) {
  return groupFlags(words.filter((word) => word !== "").map((value) => ({ value })));
}

function appendable(site: Site, spelling: ReadonlyMap<string, string>): Site {
  const { rewrite, value } = site;
  const items = flagsOf(value.split(/\s+/)).map(({ canonical }) => canonical);
  if (rewrite === undefined) return { ...site, items };
  const append = (added: readonly string[]) =>
    rewrite([value.trim(), ...added.map((item) => spelling.get(item) ?? item)].filter((part) => part !== "").join(" "));
  return { ...site, items, append };
}

function workflowFlags(repository: Repository): Site[] {
  return repository.matching(WORKFLOWS).flatMap((file) => {
    const yaml = repository.yaml(file);
    const variables = scalarPairs(yaml).filter(({ path }) => path.at(-2) === "env" && path.at(-1) === "RUSTFLAGS");
    const sites = variables.map(({ scalar }) => scalarSite(yaml, scalar)).filter((site) => !site.value.includes("${{"));
    return file === releaseSetup(repository)?.file ? sites : [...sites, ...echoedFlags(repository, file)];
  });
}

function echoedFlags(repository: Repository, file: string): Site[] {
  return exportedVariables(repository, file).flatMap(({ name, site }) => (name === "RUSTFLAGS" ? [site] : []));
}

function dockerfileFlags(repository: Repository): Site[] {
  return repository.matching(DOCKERFILES).flatMap((file) =>
    repository.dockerfile(file).stages.flatMap((stage) => {
      const flags = stage.env.get("RUSTFLAGS");
      return flags === undefined || stage.parent?.env.get("RUSTFLAGS") === flags
        ? []
        : [wordSite(flags.word, flags.location)];
    }),
  );
}
