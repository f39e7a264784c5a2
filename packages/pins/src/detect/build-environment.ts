import type { StageVariable } from "@release-actions/dockerfile";
import { type Fact, plainSite, type Relation, type Site } from "../fact.ts";
import { wordSite } from "../locate/locator.ts";
import type { Repository } from "../locate/repository.ts";
import { type Detected, NOTHING } from "./detected.ts";
import { type ExportedVariable, exportedVariables } from "./exported.ts";
import { DOCKERFILES } from "./files.ts";
import { releaseSetup } from "./release-setup.ts";

/** Variables that answer questions of configure scripts (autoconf cache variables); they decide how a static library is built. */
const ANSWERS = /^(krb5_cv_|ac_cv_)/;

/** Detects variables of the Docker build that the release build must set to the same values. */
export function detectBuildEnvironment(repository: Repository): Detected {
  const setup = releaseSetup(repository);
  if (setup === undefined || setup.isDerived) return NOTHING;
  const exported = exportedVariables(repository, setup.file);
  const known = new Map(exported.filter(({ name }) => ANSWERS.test(name)).map((variable) => [variable.name, variable]));
  const stages = buildStages(repository);
  const facts: Fact[] = [];
  const relations: Relation[] = [];
  const hold = (leader: string, leading: readonly Site[], follower: string, following: readonly Site[]): void => {
    facts.push({ name: leader, sites: leading }, { name: follower, sites: following });
    relations.push({ name: "env", kind: "equal", leader, followers: [follower] });
  };
  for (const [name, variables] of stages) {
    hold(`ENV ${name}`, variables.map(wordSite), `release ${name}`, [
      known.get(name)?.site ?? absentSite(setup.file, name, exported.at(-1)),
    ]);
  }
  const [first] = [...stages.values()].flat();
  for (const [name, { site }] of known) {
    if (first === undefined || stages.has(name)) continue;
    hold(`release ${name}`, [site], `ENV ${name}`, [plainSite({ value: "(not set)", location: first.location })]);
  }
  return { ...NOTHING, facts, relations };
}

/** The values that the stages set, by name. A value that stages inherit is listed once, for the stage that sets it. */
function buildStages(repository: Repository): Map<string, StageVariable[]> {
  const found = new Map<string, StageVariable[]>();
  for (const stage of repository.readable(DOCKERFILES, (file) => repository.dockerfile(file).stages)) {
    for (const [name, variable] of stage.env) {
      // A value that depends on an argument of the caller is unknown and not compared.
      if (!ANSWERS.test(name) || variable.word.unset !== undefined) continue;
      const known = found.get(name) ?? [];
      if (!known.includes(variable)) found.set(name, [...known, variable]);
    }
  }
  return found;
}

function absentSite(file: string, name: string, below: ExportedVariable | undefined): Site {
  const location = below?.site.location ?? { file, line: 1 };
  const rewrite = below && ((value: string) => below.addBelow(name, value));
  return plainSite({ value: `(${name} is not set)`, location, rewrite });
}
