import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { OWN_VARIANTS } from "../../../scripts/docker-engine.ts";
import { describeWithEngines, startedEngine } from "../../engines.ts";
import { provideOciArchive } from "../../images/build-image.ts";
import { type ImageRecipe, RECIPES } from "../../images/image-recipe.ts";
import { Fixture, type Format, stateOf } from "./fixture.ts";

const recipe: ImageRecipe = { ...RECIPES.tiny, layers: [{ seed: "ways in", bytes: 3_000_000 }] };

const fixture = await Fixture.open();
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

describeWithEngines("load-restate-image", OWN_VARIANTS, (own) => {
  let archive: string;
  beforeAll(async () => {
    archive = await provideOciArchive(startedEngine("containerd"), recipe);
  });

  test.each<[Format, string]>([
    ["stored", "registry"],
    ["raw", "registry"],
    ["deflated", "load"],
  ])("brings in an artifact of the published client, %s, by %s", async (format, via) => {
    const run = await fixture.runWith(archive, { format });
    const step = await fixture.load(run, own);
    expect(step.log).toContain(step.tag);
    expect(step.conclusion).toBe("success");
    expect(step.outputs).toMatchObject({
      image: step.tag,
      source: "run",
      via,
      "cache-hit": "false",
      platform: "linux/amd64",
    });
    expect(await stateOf(own, step.tag)).toEqual({ id: step.outputs["image-id"], usable: true });
    expect(step.outputs["artifact-id"]).toBe(String(fixture.github.artifact(run, "restate.tar").id));
    expect(step.outputs["run-id"]).toBe(String(run.id));
  });
});
