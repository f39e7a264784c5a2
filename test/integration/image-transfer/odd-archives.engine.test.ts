import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { connect, type Engine, parseEndpoint, removeImage, tryImage } from "@release-actions/docker";
import { type BroughtIn, bringIn } from "@release-actions/image-transfer";
import { ODD_ARCHIVES, REFUSED_ARCHIVES, tarOf, twoImages } from "@release-actions/oci/testing";
import { silentReporter } from "@release-actions/report";
import { OWN_VARIANTS } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import { countedContent, streamedContent } from "./content.ts";

/** Whether every engine gets every archive. By default, archives that never reach an engine are tried on one engine. */
const ALL = process.env["ALL_ARCHIVES"] === "1";

const WAYS = [
  (tar: Buffer) => countedContent("odd", memorySource(tar)),
  (tar: Buffer) => streamedContent("odd", tar),
] as const;

describeWithEngines("bringIn, of unusual archives", OWN_VARIANTS, (own) => {
  let engine: Engine;
  let tag = "";
  beforeAll(async () => {
    engine = await connect(parseEndpoint(own.host, "test"));
  });
  afterEach(async () => {
    await removeImage(engine, tag, { force: true });
  });

  async function bring(content: ReturnType<(typeof WAYS)[number]>, image?: string): Promise<BroughtIn> {
    tag = `localhost/odd-archives/${randomUUID()}:1`;
    return await bringIn(engine, {
      ...{ content, image, platform: engine.platform, tags: [tag], via: "auto", expectedDigest: undefined },
      ...{ reporter: silentReporter, signal: new AbortController().signal },
    });
  }

  const taken = ODD_ARCHIVES.filter((it) => ALL || it.isSeenByEngine || own.variant === "containerd");
  test.each(taken)("takes $title", async ({ make }) => {
    for (const open of WAYS) {
      await bring(open(make([randomUUID(), randomUUID()])));
      expect(await tryImage(engine, tag)).toEqual({ kind: "usable" });
      await removeImage(engine, tag, { force: true });
    }
  });

  test.each(REFUSED_ARCHIVES)("refuses %s, and says what it is", async (_title, make, message) => {
    for (const open of WAYS) await expect(bring(open(make()))).rejects.toThrow(message);
  });

  test("takes the named image of an archive with several images", async () => {
    const { files, one, two } = twoImages([randomUUID()]);
    for (const open of WAYS) {
      expect(await bring(open(tarOf(files)), "one:1")).toMatchObject({ digest: one });
      expect(await tryImage(engine, tag)).toEqual({ kind: "usable" });
      expect(await bring(open(tarOf(files)), two)).toMatchObject({ digest: two });
      expect(await tryImage(engine, tag)).toEqual({ kind: "usable" });
    }
  });
});
