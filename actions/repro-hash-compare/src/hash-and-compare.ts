import { ALGORITHMS } from "@release-actions/digest";
import { countOf, Fault } from "@release-actions/report";
import {
  type Comparison,
  compareBuilds,
  compareContexts,
  createPolicy,
  explainBuilds,
  keepYoungGenerationSmall,
  type RecordedBuild,
  recordBuild,
  rulesWithoutFiles,
  writeRecord,
} from "@release-actions/reproducibility";
import type { ActionRunner } from "./action.gen.ts";
import { openBuilds } from "./against.ts";
import { diffoscopeOf } from "./ask-diffoscope.ts";
import { gatherContext } from "./gather-context.ts";
import { uploadRecord } from "./keep.ts";
import { summarize } from "./summary.ts";
import { checkWrittenFiles } from "./written-files.ts";

/** Records what `paths` names, then compares it with whatever `against` names. */
export async function hashAndCompare(runner: ActionRunner): Promise<void> {
  const { inputs } = runner;
  if (inputs.paths.length === 0 && inputs.against.length === 0) {
    throw new Fault("there is nothing to do: neither `paths` nor `against` is given");
  }
  checkWrittenFiles(inputs);
  keepYoungGenerationSmall();
  const policy = createPolicy({
    mode: inputs.mode,
    strictFor: inputs["strict-for"],
    warnFor: inputs["warn-for"],
    ignore: inputs.ignore,
    today: new Date(),
  });
  const recorded = inputs.paths.length === 0 ? undefined : await record(runner);
  if (inputs.against.length === 0) return;

  const builds = await openBuilds(runner, recorded);
  const contexts = compareContexts(builds);
  for (const { key, values } of contexts.filter(({ isDecisive }) => isDecisive)) {
    const said = values.map(({ build, value }) => `${build}: ${value || "none"}`).join("\n");
    runner.problem({
      level: "warning",
      message: `the builds used a different ${key}, which alone can explain a difference:\n${said}`,
    });
  }
  const verdicts = compareBuilds(builds, policy);
  const paths = verdicts.map(({ path }) => path);
  for (const rule of rulesWithoutFiles(inputs.ignore, paths))
    runner.problem({ level: "notice", message: `\`ignore\` has "${rule}", which matches none of the compared files` });
  const found: Comparison = { builds, contexts, verdicts, explanations: [] };
  const scratch = await runner.tempFolder("explain");
  const askOther =
    inputs.explain && verdicts.some(({ kind }) => kind === "content") ? await diffoscopeOf(runner) : undefined;
  const options = { scratch, reporter: runner, signal: runner.signal, askOther };
  summarize(runner, inputs.explain ? { ...found, ...(await explainBuilds(verdicts, builds, options)) } : found);
}

async function record(runner: ActionRunner): Promise<RecordedBuild> {
  const { inputs } = runner;
  const context = await gatherContext(runner);
  const algorithms = inputs.algorithm === "both" || inputs.attestation !== undefined ? ALGORITHMS : [inputs.algorithm];
  const build = await runner.group("Hashing", () =>
    recordBuild(inputs.paths, process.cwd(), {
      name: inputs["upload-as"] ?? "this build",
      algorithms,
      context,
      reporter: runner,
      signal: runner.signal,
    }),
  );
  runner.info(`hashed ${countOf(build.files.size, "file")}`);
  if (inputs.record !== undefined) {
    writeRecord(build.manifest, inputs.record);
    runner.setOutput("manifest", inputs.record);
  }
  const name = inputs["upload-as"];
  if (name !== undefined) await runner.group(`Uploading ${name}`, () => uploadRecord(build, name, runner));
  return build;
}
