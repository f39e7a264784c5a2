import { randomBytes, randomUUID } from "node:crypto";
import { symlink } from "node:fs/promises";
import { TAR_END, tarFile } from "@release-actions/archive";
import { connect, type Engine, inspectImage, parseEndpoint, removeImage, tryImage } from "@release-actions/docker";
import { FileTree } from "@release-actions/example-product";
import type { OwnEngine } from "../../../scripts/docker-engine.ts";
import { craftOciArchive } from "../../images/crafted-archive.ts";
import { Job, type StepOptions, type StepResult } from "../../runner/job.ts";
import type { GitHub } from "../../stand-in/github.ts";
import type { Run } from "../../stand-in/model.ts";
import { type ProxiedGitHub, startGitHubBehindProxy } from "../../stand-in/proxy/behind-proxy.ts";
import type { ArtifactRequest } from "../../stand-in/published/artifact-client.ts";
import { runPublishedArtifactClient } from "../../stand-in/published/run.ts";

export type Format = "stored" | "deflated" | "raw";

/** GitHub behind a faulty network, and jobs that load images from it. */
export class Fixture {
  readonly network: ProxiedGitHub;
  #tags: { engine: Engine; tag: string }[] = [];

  private constructor(network: ProxiedGitHub) {
    this.network = network;
  }

  static async open(): Promise<Fixture> {
    return new Fixture(await startGitHubBehindProxy());
  }

  get github(): GitHub {
    return this.network.github;
  }

  /** A run with an artifact that contains the file and was uploaded by the published client. */
  async runWith(file: string, options: { run?: Run; name?: string; format?: Format } = {}): Promise<Run> {
    const { run = this.github.addRun(), name = "restate.tar", format = "stored" } = options;
    using folder = new FileTree();
    const linked = folder.path(name);
    await symlink(file, linked);
    const clientOptions = {
      compressionLevel: format === "deflated" ? 6 : 0,
      ...(format === "raw" && { skipArchive: true }),
    };
    const request: ArtifactRequest = { do: "upload", name, files: [linked], root: folder.root, options: clientOptions };
    const uploaded = await runPublishedArtifactClient(request, { env: this.github.env(run) });
    if (uploaded.exitCode !== 0) throw new Error(`the published client failed:\n${uploaded.log}`);
    return run;
  }

  /** A run whose artifact is exactly these bytes. */
  async runHolding(content: Uint8Array, run: Run = this.github.addRun()): Promise<Run> {
    await this.github.addArtifact(run, {
      name: "restate.tar",
      content: Buffer.from(content),
      mimeType: "application/x-tar",
    });
    return run;
  }

  /** Runs the action in a job of the run, on an engine. The image gets a new tag unless the inputs name one. */
  async load(
    run: Run,
    own: OwnEngine | undefined,
    inputs: Record<string, string> = {},
    options: Omit<StepOptions, "inputs"> = {},
  ): Promise<StepResult & { tag: string }> {
    const tag = inputs["tag"] ?? `localhost/load-restate-image/${randomUUID()}:1`;
    const host = own === undefined ? {} : { DOCKER_HOST: own.host };
    await using job = await Job.open({ env: { ...this.github.env(run), ...host } });
    if (own !== undefined) this.#tags.push({ engine: await connect(parseEndpoint(own.host, "test")), tag });
    return { ...(await job.step("load-restate-image", { ...options, inputs: { ...inputs, tag } })), tag };
  }

  /** Removes the images that jobs have loaded, and removes the faults. */
  async reset(): Promise<void> {
    this.network.reset();
    for (const { engine, tag } of this.#tags.splice(0)) await removeImage(engine, tag, { force: true });
  }

  async close(): Promise<void> {
    await this.network.close();
  }
}

export async function engineOf(own: OwnEngine): Promise<Engine> {
  return await connect(parseEndpoint(own.host, "test"));
}

/** An OCI archive, of about this many bytes, of an image that no engine has ever seen. */
export function freshArchive(bytes = 200_000): Buffer {
  const layer = Buffer.concat([tarFile("noise", randomBytes(bytes)), TAR_END]);
  return craftOciArchive(layer, "localhost/fresh:1");
}

/** The image that the engine has under a tag, and whether a container can be created from it. */
export async function stateOf(own: OwnEngine, tag: string): Promise<{ id: string; usable: boolean } | undefined> {
  const engine = await engineOf(own);
  const image = await inspectImage(engine, tag);
  if (image === undefined) return undefined;
  return { id: image.id, usable: (await tryImage(engine, tag)).kind === "usable" };
}
