import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import type { OwnEngine } from "../../../scripts/docker-engine.ts";
import { Act } from "../../act/act.ts";
import { resultsOf } from "../../act/act-setting.ts";
import { dockerEnv } from "../../act/docker-client.ts";
import type { ActLog } from "../../act/log.ts";
import { publishedTree } from "../../act/published-tree.ts";
import { THIRD_PARTY, THIRD_PARTY_IN_PAGES } from "../../act/third-party.ts";
import { startedEngine } from "../../engines.ts";
import { craftPlatformsArchive } from "../../images/crafted-archive.ts";
import { PASSWORD } from "../../registry/real-registry.ts";
import { createRelease, hostRun, storeArtifact } from "../../release/hosting.ts";
import type { ReleasedProduct } from "../../release/product.ts";
import type { Run } from "../../stand-in/model.ts";
import { rustEnv } from "../../support/rust-env.ts";
import { actionFiles } from "../repository-files.ts";
import { asWorkflow } from "./blocks.ts";
import { type PlacedTrial, surroundings } from "./place-trials.ts";
import { createProduct, INTEGRATION_TEST } from "./product.ts";
import { ACTOR, APP_ID, PERSONAL_TOKEN, Services } from "./services.ts";
import { releaseWidget, VERSION } from "./widget-release.ts";

const REPOSITORY = "acme/widget";
const PARCA_PROGRAMS = path.join(import.meta.dirname, "../../stand-in/parca/bin");

const PERMISSIONS = { actions: "read", attestations: "read", checks: "read", contents: "write" } as const;
const RELEASED = "released";
const IMAGE = "image.tar";

type Tagged = Awaited<ReturnType<typeof releaseWidget>>;

interface Parts {
  readonly services: Services;
  readonly docker: ReturnType<typeof dockerEnv>;
  readonly published: ReturnType<typeof publishedTree>;
  readonly product: ReleasedProduct;
  readonly releases: Readonly<Record<"release" | "release of two", Tagged>>;
  /** Variables for the scripts before and after a block: paths, digests and addresses. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Runs blocks of our pages one by one, with repositories, services and files that are made once. */
export class PageRuns implements AsyncDisposable {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static async open(engine: OwnEngine): Promise<PageRuns> {
    const services = await Services.open(new Map([["SHA256SUMS", `${sha256(RELEASED)}  app.tar.gz\n`]]));
    const { github } = services;
    const { folder } = services.parts;
    const docker = dockerEnv(engine);
    const names = actionFiles().map(({ file }) => path.basename(path.dirname(file)));
    const published = publishedTree(names, { replacing: services.replacing });
    const product = await createProduct();
    const { programs } = services.parts.npm.world;
    const [one, two] = [await releaseWidget(programs, 1), await releaseWidget(programs, 2)];
    const repository = github.repository(REPOSITORY);
    github.world.tokens.set(PASSWORD, { repository, permissions: PERMISSIONS });
    await hostRun(github, repository, one.release, await headOf(one.checkout.root), storeArtifact);
    await createRelease(github, repository, one.release);

    const file = (name: string): string => path.join(folder, name);
    // An engine with the classic store cannot write an OCI archive without a separate builder.
    using builder = dockerEnv(startedEngine("containerd"));
    const inProduct = (program: string, ...args: string[]) =>
      runCommand(program, args, { cwd: product.root, env: { ...process.env, ...builder.env } });
    await inProduct("gcc", "-g", "-Wl,--build-id", "hello.c", "-o", file("server"));
    await inProduct("docker", "buildx", "build", "--quiet", "--output", `type=oci,dest=${file(IMAGE)}`, ".");
    const platforms = { "linux/amd64": Buffer.from("one"), "linux/arm64": Buffer.from("other") };
    writeFileSync(file("platforms.tar"), craftPlatformsArchive(platforms));
    const { stdout } = await inProduct("tar", "-xOf", file(IMAGE), "index.json");
    const builtElsewhere = async (name: string): Promise<string> => {
      const run = github.addRun({ repository: name, status: "completed", conclusion: "success" });
      const { repository, headSha } = run;
      await addImage(services, run, file(IMAGE));
      github.addCheckRun(repository, { name: "docker / build", headSha, status: "completed", conclusion: "success" });
      return headSha;
    };
    mkdirSync(file("repositories/acme/sdk-go"), { recursive: true });
    writeFileSync(file("repositories/acme/sdk-go/justfile"), INTEGRATION_TEST);
    const { npm, registries } = services.parts;
    const variables = {
      ...{ PRODUCT: product.root, WIDGET: one.checkout.root, WIDGETS: two.checkout.root },
      ...{
        COMMIT: await builtElsewhere("restatedev/restate"),
        COMMIT_OF_PRODUCT: await builtElsewhere("acme/product"),
      },
      ...{ IMAGE_DIGEST: JSON.parse(stdout).manifests[0].digest },
      ...{ PLATFORMS_IMAGE: file("platforms.tar"), ELF_PROGRAM: file("server") },
      ...{ MAC_PROGRAM: await services.macProgram(false), MAC_ARCHIVE: await services.macArchive() },
      ...{ GHCR: registries[0].origin, REGISTRY: registries[0].host, LOGIN: `${ACTOR}:${PASSWORD}` },
      ...{ NPM: npm.world.registry.origin, NPM_STORAGE: npm.world.registry.storage },
    };
    const releases = { release: one, "release of two": two };
    return new PageRuns({ services, docker, published, product, releases, variables });
  }

  /** Runs the block to its end, in a run of its own. */
  async run({ block, trial }: PlacedTrial): Promise<ActLog> {
    const { services, docker, published, product, releases, variables } = this.#parts;
    const { github } = services;
    const { at = "product", on = "push", instead, artifact } = trial;
    const tagged = at === "product" ? undefined : releases[at];
    const folder = tagged?.checkout.root ?? product.root;
    const repository = github.repository(REPOSITORY);
    const headSha = await headOf(folder);
    const hosted =
      tagged === undefined
        ? github.addRun({ repository: REPOSITORY, headSha, event: on })
        : await hostRun(github, repository, tagged.release, headSha, storeArtifact);
    if (artifact === "image") await addImage(services, hosted, path.join(services.parts.folder, IMAGE));
    if (artifact === "signed archive") {
      const { MAC_ARCHIVE = "" } = variables;
      const files = [[path.basename(MAC_ARCHIVE), readFileSync(MAC_ARCHIVE)]] as const;
      await storeArtifact(github, hosted, "artifacts-build-local-aarch64-apple-darwin", files);
    }
    const text = asWorkflow(block, surroundings(trial));
    const expand = (value: string): string =>
      value.replace(/\$([A-Z_]+)\b/g, (whole, name: string) => variables[name] ?? whole);
    const [lacking, having] = instead ?? ["", ""];
    using files = new FileTree({ "page.yml": lacking === "" ? text : text.replaceAll(lacking, expand(having)) });
    const inputs = Object.entries(trial.inputs ?? {}).map(([name, value]) => [name, expand(value)]);
    using act = new Act({
      repository: folder,
      uses: { ...published.uses, ...THIRD_PARTY, ...THIRD_PARTY_IN_PAGES },
      results: resultsOf(github, hosted),
    });
    return await act.run(on, {
      workflow: files.path("page.yml"),
      payload: {
        ref: tagged !== undefined ? `refs/tags/v${VERSION}` : "refs/heads/main",
        repository: { default_branch: "main", private: true },
      },
      inputs: Object.fromEntries(inputs),
      secrets: { ...services.secrets, ...(trial.api === "accounts" ? { HOMEBREW_TAP_TOKEN: PERSONAL_TOKEN } : {}) },
      vars: { TAP_APP_ID: APP_ID },
      actor: ACTOR,
      env: {
        ...{ ...docker.env, ...services.parts.internet.env, ...rustEnv(), ...variables },
        PATH: [PARCA_PROGRAMS, services.parts.npm.world.searchPath].join(path.delimiter),
        ...{
          GITHUB_API_URL: trial.api === "accounts" ? services.parts.accounts.origin : github.origin,
          GITHUB_RUN_ID: String(hosted.id),
          GITHUB_RUN_ATTEMPT: "1",
        },
        ...(trial.identity === true
          ? identityOf(github.env(hosted, undefined, { permissions: { "id-token": "write" } }))
          : {}),
        CHECKOUT_REPOSITORIES: path.join(services.parts.folder, "repositories"),
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { docker, published, product, releases, services } = this.#parts;
    const checkouts = Object.values(releases).map(({ checkout }) => checkout);
    for (const each of [docker, published, product, ...checkouts]) each[Symbol.dispose]();
    await services[Symbol.asyncDispose]();
  }
}

async function addImage({ github }: Services, run: Run, file: string): Promise<void> {
  await github.addArtifact(run, {
    name: "restate.tar",
    content: readFileSync(file),
    mimeType: "application/x-tar",
  });
}

function identityOf(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("ACTIONS_ID_TOKEN_")));
}

async function headOf(folder: string): Promise<string> {
  return (await runCommand("git", ["rev-parse", "HEAD"], { cwd: folder })).stdout.trim();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
