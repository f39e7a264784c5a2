import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import {
  BLOCK_BYTES,
  memorySource,
  paddingAfter,
  type RandomAccessSource,
  TAR_END,
  tarFile,
} from "@release-actions/archive";
import { runCommand } from "@release-actions/command";
import { connect, type Engine, inspectImage, parseEndpoint, removeImage, tryImage } from "@release-actions/docker";
import { type BringInOptions, type BroughtIn, bringIn } from "@release-actions/image-transfer";
import { silentReporter } from "@release-actions/report";
import { OWN_VARIANTS, type OwnEngine } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import { craftOciArchive, craftPlatformsArchive } from "../../images/crafted-archive.ts";
import { countedContent } from "./content.ts";
import { type EngineFront, startEngineFront } from "./engine-front.ts";

/** An archive shows its root document at the end when that and `index.json` are within this many bytes. */
const TAIL_BYTES = 64 * 1024;
const { signal } = new AbortController();

/** A layer too large for the end of an archive to reach past it. */
const largeLayer = (): Buffer => Buffer.concat([tarFile("noise", randomBytes(300_000)), TAR_END]);

describeWithEngines("the early pull", OWN_VARIANTS, (own) => {
  let front: EngineFront;
  let engine: Engine;
  let tag: string;
  let pulls: number;
  let pulled: PromiseWithResolvers<void>;
  beforeEach(async () => {
    pulls = 0;
    pulled = Promise.withResolvers();
    front = await startEngineFront(own, (method, call) => {
      if (method === "POST" && /\/images\/(create|pull)$/.test(call)) {
        pulls += 1;
        pulled.resolve();
      }
      return undefined;
    });
    engine = await connect(parseEndpoint(front.host, "test"));
    tag = `localhost/early-pull/${randomUUID()}:1`;
  });
  afterEach(async () => {
    await removeImage(engine, tag, { force: true });
    await front[Symbol.asyncDispose]();
  });

  function bring(content: BringInOptions["content"], options: Partial<BringInOptions> = {}): Promise<BroughtIn> {
    return bringIn(engine, {
      ...{ content, platform: engine.platform, tags: [tag], via: "registry", expectedDigest: undefined },
      ...{ reporter: silentReporter, signal },
      ...options,
    });
  }

  /** Requires that the image can be used, and that the engine keeps no other name of it. */
  async function expectUsable({ id }: BroughtIn): Promise<void> {
    expect(await inspectImage(engine, tag)).toMatchObject({ id, tags: [tag] });
    expect(await tryImage(engine, tag, { platform: engine.platform })).toEqual({ kind: "usable" });
  }

  // The other engines know images by the digest of their config, which the root document does not tell.
  const isEarly = own.variant === "containerd" || own.variant === "28";
  if (isEarly) {
    test("starts before the rest of the archive is examined", async () => {
      const archive = craftOciArchive(largeLayer(), "docker.io/library/early");
      const content = countedContent("early", afterTail(archive, pulled.promise));
      await expectUsable(await bring(content));
      expect(pulls).toBe(1);
    });

    test("waits for the rest of an index with two platforms, and gets only the wanted one", async () => {
      const archive = craftPlatformsArchive({ "linux/arm64": largeLayer(), "linux/amd64": largeLayer() });
      const content = countedContent("early", afterTail(archive, pulled.promise));
      await expectUsable(await bring(content));
      expect([pulls, content.fetched() < 500_000]).toEqual([1, true]);
    });
  }

  test.each<[title: string, options: Partial<BringInOptions>]>([
    ["a digest of another image is expected", { expectedDigest: `sha256:${"0".repeat(64)}` }],
    ["another image is asked for", { image: "localhost/other:1" }],
  ])("does not start when %s", async (_title, options) => {
    const content = countedContent("other", memorySource(craftOciArchive(largeLayer(), "docker.io/library/early")));
    await expect(bring(content, options)).rejects.toThrow();
    expect(pulls).toBe(0);
  });

  test("is cancelled when the last layer has an image archive inside, whose index looks like the archive's own", async () => {
    const inner = craftOciArchive(Buffer.concat([tarFile("inner", randomUUID()), TAR_END]), "docker.io/library/inner");
    const outer = craftOciArchive(inner, "docker.io/library/outer");
    const archive = withLayerLast(outer, inner);
    expect(archive.subarray(-TAIL_BYTES).includes("docker.io/library/inner")).toBe(true);
    const brought = await bring(countedContent("outer", memorySource(archive)));
    const expected = await bring(countedContent("outer", memorySource(outer)));
    expect([brought.digest, brought.id]).toEqual([expected.digest, expected.id]);
    await expectUsable(brought);
    expect(pulls).toBe(isEarly ? 2 : 1);
  });

  test("leaves nothing in the engine when the archive has no image for its platform", async () => {
    const archive = craftOciArchive(largeLayer(), "docker.io/library/foreign");
    const content = countedContent("foreign", memorySource(archive));
    const before = await repositoriesIn(own);
    const platform = { os: "linux", architecture: "s390x" };
    await expect(bring(content, { platform })).rejects.toThrow(
      /no image for linux\/s390x; the archive has linux\/amd64/,
    );
    expect(await repositoriesIn(own)).toEqual(before);
    expect(content.fetched()).toBeLessThan(250_000);
  });
});

/** A source that gives nothing more after the last 64 KiB were read at once, until the promise is fulfilled. */
function afterTail(bytes: Buffer, then: Promise<void>): RandomAccessSource {
  const source = memorySource(bytes);
  let waits = false;
  return {
    size: source.size,
    async *read(offset, length, abort, rank) {
      if (waits) await then;
      yield* source.read(offset, length, abort, rank);
      if (length === TAIL_BYTES) waits = true;
    },
  };
}

/** The archive with the blob of the layer after all other members, as it may be when its digest is the highest. */
function withLayerLast(archive: Buffer, layer: Buffer): Buffer {
  const member = BLOCK_BYTES + layer.length + paddingAfter(layer.length);
  const rest = archive.subarray(member, archive.length - TAR_END.length);
  return Buffer.concat([rest, archive.subarray(0, member), TAR_END]);
}

async function repositoriesIn({ client: [command, ...prefix] }: OwnEngine): Promise<string[]> {
  const { stdout } = await runCommand(command, [...prefix, "images", "--format", "{{.Repository}}"]);
  return stdout.split("\n").sort();
}
