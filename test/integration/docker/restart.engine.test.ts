import { expect, test } from "@jest/globals";
import { connect, loadImage, parseEndpoint } from "@release-actions/docker";
import { silentReporter } from "@release-actions/report";
import { type OwnEngine, startEngine } from "../../../scripts/docker-engine.ts";
import { workFolder } from "../../../scripts/folders.ts";
import { describeWithEngines } from "../../engines.ts";
import { provideSavedArchive } from "../../images/build-image.ts";
import { bytesOf, firstBytes, nameOf, opening, recipeOf } from "./archives.ts";

describeWithEngines("an engine that dies", ["overlay2"], (shared) => {
  test("in the middle of a load, and comes back, has the image in the end (F76)", async () => {
    const recipe = recipeOf("restart");
    const archive = await provideSavedArchive(shared, recipe);
    const place = { variant: "overlay2", home: workFolder("engine", `r${process.pid}`) } as const;
    const mortal = await startEngine("overlay2", silentReporter, place);
    const engine = await connect(parseEndpoint(mortal.host, "test"));
    let comeback: Promise<OwnEngine> | undefined;
    const killedMeanwhile = async function* (): AsyncGenerator<Uint8Array> {
      yield* firstBytes(archive, 10_000);
      await mortal.stop();
      comeback = startEngine("overlay2", silentReporter, place);
      yield* opening(archive)();
    };
    const said: string[] = [];
    const reporter = { ...silentReporter, info: (text: string) => said.push(text) };
    const archives = [killedMeanwhile, opening(archive)];
    const loaded = await loadImage(engine, () => archives.shift()?.() ?? bytesOf(), { reporter });
    expect(loaded).toMatchObject([{ name: nameOf(recipe) }]);
    expect(said).toEqual([expect.stringContaining("the engine is back")]);
    expect(archives).toEqual([]);
    await (await comeback)?.stop();
  });
});
