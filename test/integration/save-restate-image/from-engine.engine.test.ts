import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { connect, type Engine, inspectImage, parseEndpoint, removeImage } from "@release-actions/docker";
import { DOCKER_VARIANTS } from "../../../scripts/docker-engine.ts";
import { describeWithEngines, startedEngine } from "../../engines.ts";
import { buildInEngine, provideOciArchive } from "../../images/build-image.ts";
import { RECIPES } from "../../images/image-recipe.ts";
import { startGitHub } from "../../stand-in/github.ts";
import { artifactsOf, download, save, unzip } from "./fixture.ts";

const github = await startGitHub();
afterAll(() => github.close());

describeWithEngines("save-restate-image with `image`", DOCKER_VARIANTS, (own) => {
  let engine: Engine;
  const name = `localhost/save-test/${randomUUID()}:1`;
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
    await buildInEngine(own, { layers: [{ seed: `save ${own.variant}`, bytes: 100_000 }], names: [name] });
  });
  afterAll(() => removeImage(engine, name, { force: true }));

  test("exports the engine's image, checks it like any file, and uploads it", async () => {
    const run = github.addRun();
    const left: string[] = [];
    const step = await save(github, run, {
      inputs: { image: name },
      env: { DOCKER_HOST: own.host },
      look: async ({ temp }) => {
        left.push(...(await readdir(temp)).filter((entry) => entry !== "_runner_file_commands"));
      },
    });
    expect(step).toMatchObject({ conclusion: "success", annotations: [] });
    const image = await inspectImage(engine, name);
    const known = [step.outputs["digest"], ...Object.values(JSON.parse(step.outputs["image-ids"] ?? "{}"))];
    expect(known).toContain(image?.id);
    expect(step.summary).toContain(name);
    const files = await unzip(await download(github, github.artifact(run, "restate.tar")));
    expect(Object.keys(files)).toEqual(["restate.tar"]);
    expect(String(files["restate.tar"]?.length)).toBe(step.outputs["size"]);
    expect(left).toEqual([]);
  });

  test("says that the engine does not have the image", async () => {
    const run = github.addRun();
    const step = await save(github, run, {
      inputs: { image: "localhost/save-test/none:1" },
      env: { DOCKER_HOST: own.host },
    });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations.map(({ message }) => message).join()).toContain(
      'the engine has no image "localhost/save-test/none:1"',
    );
    expect(artifactsOf(github, run)).toEqual([]);
  });
});

describeWithEngines("save-restate-image of archives from buildx", ["containerd"], () => {
  test.each(Object.entries(RECIPES))("takes the archive of the recipe %s", async (_title, recipe) => {
    const tar = await readFile(await provideOciArchive(startedEngine("containerd"), recipe));
    const run = github.addRun();
    const step = await save(github, run, { files: { "restate.tar": tar } });
    expect(step).toMatchObject({ conclusion: "success", annotations: [] });
    const platforms: readonly string[] = "platforms" in recipe ? recipe.platforms : ["linux/amd64"];
    expect(JSON.parse(step.outputs["platforms"] ?? "")).toEqual(platforms);
    for (const name of "names" in recipe ? recipe.names : []) expect(step.summary).toContain(name);
  });
});
