import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { describeWith } from "../../parts.ts";
import type { Job, StepResult } from "../../runner/job.ts";
import { type GitHub, startGitHub } from "../../stand-in/github.ts";
import { type RegistryFront, startRegistryFront } from "../../stand-in/npm/registry-front.ts";
import { type Sigstore, startSigstore } from "../../stand-in/npm/sigstore.ts";
import { type Setting, World } from "./world.ts";

jest.setTimeout(180_000);

/** A platform other than this machine's, so that the launcher is not tested each time. */
const FOREIGN = "darwin-arm64";
const WORKFLOW = "acme/widget/.github/workflows/release.yml";

/** Trusted publishing and provenance: the real npm with stand-ins of GitHub's OIDC tokens, the exchange and Sigstore. */
describeWith(["cc", "openssl"], "npm-publish by the identity of its job", () => {
  let world: World;
  let github: GitHub;
  let front: RegistryFront;
  let sigstore: Sigstore;
  let name: string;
  beforeAll(async () => {
    [world, github] = await Promise.all([World.start(), startGitHub()]);
    const issuer = `${github.origin}/oidc`;
    front = await startRegistryFront(world.proxy.origin, world.token, issuer);
    sigstore = await startSigstore(issuer);
    // The packages must exist already: a trusted publisher cannot create them.
    name = world.newName();
    await world.publish(name, { inputs: { platforms: FOREIGN }, version: "1.0.0" });
  });
  afterAll(async () => {
    await Promise.all([front.close(), sigstore.close(), github.close()]);
    await world.close();
  });
  beforeEach(() => world.proxy.reset());
  afterEach(() => {
    front.exchanges.length = 0;
    front.issued.length = 0;
    front.provenance.clear();
    front.trusted.clear();
    front.collaborators.clear();
  });

  const packages = (): string[] => [`${name}-${FOREIGN}`, name];
  const trust = (workflow = WORKFLOW): void => {
    for (const each of packages()) front.trusted.set(each, workflow);
  };
  const isPublic = ({ workspace }: Job): void =>
    writeFileSync(path.join(workspace, "../event.json"), JSON.stringify({ repository: { private: false } }));

  async function publish({ inputs = {}, env = {}, ...setting }: Setting = {}): Promise<StepResult> {
    const run = github.addRun({ repository: "acme/widget", workflow: "release.yml" });
    const job = github.env(run, undefined, { permissions: { "id-token": "write" } });
    const defaults = { registry: front.origin, token: "", platforms: FOREIGN };
    return await world.publish(name, {
      ...{ prepare: isPublic, ...setting },
      inputs: { ...defaults, ...inputs },
      env: { ...job, ...sigstore.env, ...env },
    });
  }

  test("publishes without a token, and attests where it was built", async () => {
    trust();
    const step = await publish({ version: "1.2.4" });
    expect(step.conclusion).toBe("success");
    // The action exchanges a token for each package before the first upload, then npm does it again.
    expect(front.exchanges).toEqual([...packages(), ...packages()]);
    expect(await world.tags(name)).toEqual({ latest: "1.2.4" });
    expect([...front.provenance.keys()]).toEqual(packages());
    expect(front.provenance.get(name)?.predicate.buildDefinition.externalParameters.workflow).toEqual({
      ...{
        ref: "refs/heads/main",
        repository: "https://github.com/acme/widget",
        path: ".github/workflows/release.yml",
      },
    });
    expect(sigstore.entries.length).toBe(2);
    // The action masks its own tokens before anything could print them. npm does not print its tokens.
    expect(step.masks).toEqual(expect.arrayContaining(front.issued.slice(0, 2)));
    for (const short of front.issued) expect(step.log).not.toContain(short);
  });

  test("attests packages that are published with a token, also new ones", async () => {
    const packages = `- package: ${JSON.stringify(world.newName())}\n  fields: { license: MIT }`;
    const step = await publish({ inputs: { token: world.token, provenance: "true", packages } });
    expect(step.conclusion).toBe("success");
    const published: { name: string }[] = JSON.parse(step.outputs["published"] ?? "");
    expect([...front.provenance.keys()]).toEqual(published.map((each) => each.name));
  });

  test.each<[string, Setting]>([
    ["is not wanted", { version: "1.2.5", inputs: { provenance: "false" } }],
    ["would reveal a repository that is not public", { version: "1.2.6", prepare: () => undefined }],
  ])("does not create provenance where it %s", async (_what, setting) => {
    trust();
    const step = await publish(setting);
    expect(step.conclusion).toBe("success");
    expect(front.provenance.size).toBe(0);
  });

  test("finds out before the upload that the registry trusts another workflow (F107)", async () => {
    trust("acme/widget/.github/workflows/other.yml");
    const step = await publish({ version: "1.3.0" });
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(`does not trust ${WORKFLOW}@refs/heads/main to publish ${packages().join(", ")}`);
    expect(world.proxy.passages.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  /** Puts an npm on the PATH that says that it is too old. */
  const oldNpm = ({ workspace }: Job): void => {
    const program = path.join(workspace, "npm");
    writeFileSync(program, `#!/bin/sh\n[ "$1" = --version ] && echo 11.5.0\n`);
    chmodSync(program, 0o755);
  };

  test.each<[string, () => Setting, string]>([
    [
      "packages that do not exist yet",
      () => ({ inputs: { packages: `- package: "${world.newName()}"\n  fields: { license: MIT }` } }),
      "do not exist: a trusted publisher cannot create a package",
    ],
    [
      "a self-hosted runner",
      () => ({ env: { RUNNER_ENVIRONMENT: "self-hosted" } }),
      "a self-hosted runner cannot publish with its OIDC identity",
    ],
    [
      "no permission for identities, and no token (misleads 20)",
      () => ({ env: { ACTIONS_ID_TOKEN_REQUEST_URL: "" } }),
      "the input `token` is empty, and this job has no OIDC identity",
    ],
    [
      "an identity service that refuses",
      () => ({ env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "wrong" } }),
      "GitHub issued no identity token (401)",
    ],
    [
      "a `repository` that is another (B156)",
      () => ({
        inputs: { packages: `- package: "${name}"\n  fields: { license: MIT, repository: "github:acme/other" }` },
      }),
      'has the `repository` "github:acme/other", expected https://github.com/acme/widget',
    ],
    [
      "provenance without an identity to sign it",
      () => ({ env: { ACTIONS_ID_TOKEN_REQUEST_URL: "" }, inputs: { token: world.token, provenance: "true" } }),
      "`provenance` is true, but this job has no identity token",
    ],
    [
      "provenance on a self-hosted runner",
      () => ({ env: { RUNNER_ENVIRONMENT: "self-hosted" }, inputs: { token: world.token, provenance: "true" } }),
      "a self-hosted runner cannot attest",
    ],
  ])("publishes nothing with %s", async (_what, setting, message) => {
    const step = await publish(setting());
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
    expect(world.proxy.passages.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  test("publishes nothing with an npm that is too old", async () => {
    const step = await publish({ prepare: oldNpm, searchPath: ({ workspace }) => workspace });
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain("npm is 11.5.0, expected 11.5.1 or newer to publish with an OIDC identity");
  });

  test("asks the registry who may publish, and refuses a user who may only read", async () => {
    front.collaborators.set(name, { dev: "read-only" });
    const refused = await publish({ version: "1.3.0", inputs: { token: world.token } });
    expect(refused.log).toContain(`dev may not publish ${name}, only read-only`);
    front.collaborators.set(name, { other: "read-write" });
    const warned = await publish({ version: "1.3.0", inputs: { token: world.token } });
    expect(warned.conclusion).toBe("success");
    expect(warned.annotations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("does not list dev as a maintainer of"),
    );
  });
});
