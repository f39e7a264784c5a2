// Jest's transformer for the tests of a mutant: as scripts/test/strip-types.mjs, with the change that MUTANT names.
import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";
import { applyMutant } from "./mutants.ts";

export default {
  getCacheKey: (source, file) => createHash("sha256").update(mutate(source, file)).digest("hex"),
  process: (source, file) => ({ code: stripTypeScriptTypes(mutate(source, file)) }),
};

function mutate(source, file) {
  const mutant = JSON.parse(process.env.MUTANT ?? "{}");
  return mutant.file === file ? applyMutant(source, mutant) : source;
}
