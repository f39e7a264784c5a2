import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { fixtureSha256, makeFormula } from "@release-actions/homebrew/fixture";
import { type LedgerRow, loadLedger } from "@release-actions/ledger";
import { runArtifacts } from "@release-actions/release-run";
import { silentReporter } from "@release-actions/report";
import { describeWith } from "../../parts.ts";
import { createPlainRelease, uploadArtifact } from "../../release/hosting.ts";
import { killedRequests } from "../../release/killed-requests.ts";
import { type Tap, TapServer } from "../../release/tap.ts";
import { Job, type StepResult } from "../../runner/job.ts";
import { type GitHub, startGitHub } from "../../stand-in/github.ts";
import type { Repository, Run } from "../../stand-in/model.ts";

const MINUTES = 60_000;

jest.setTimeout(20 * MINUTES);

/** A release before its publication: the artifacts of cargo-dist's jobs, and an empty tap. */
interface Scene {
  readonly repository: Repository;
  readonly run: Run;
  readonly tap: Tap;
}

/** A publisher, and checks of what it made public. */
interface Publisher {
  readonly action: string;
  readonly inputs: (scene: Scene) => Record<string, string>;
  /** Whether the publisher's part of the release is public. */
  readonly isOut: (scene: Scene) => boolean;
  /** Checks the public state after the end. It fails when something was published twice. */
  readonly finished: (scene: Scene) => void;
}

describeWith(["git"], "a publisher that is killed", () => {
  let github: GitHub;
  let taps: TapServer;
  let count = 0;
  beforeAll(async () => {
    [github, taps] = await Promise.all([startGitHub(), TapServer.start()]);
  });
  afterAll(async () => {
    await Promise.all([github.close(), taps.close()]);
  });

  const PUBLISHERS: readonly Publisher[] = [
    {
      action: "homebrew-publish",
      inputs: ({ tap }) => ({ tap: tap.url, token: taps.token, style: "layout" }),
      isOut: ({ tap }) => tap.commits.length > 0,
      finished: ({ tap }) => expect(tap.commits).toEqual(["widget 1.2.3"]),
    },
    {
      action: "release-notes",
      inputs: () => ({}),
      isOut: ({ repository }) => repository.releases[0]?.body.includes("<!-- section downloads -->") === true,
      finished: ({ repository }) => {
        expect(repository.releases).toHaveLength(1);
        expect(repository.releases[0]?.body).toMatch(/^By hand\.\n\n<!-- section notes -->/);
        expect(repository.releases[0]?.body.match(/<!-- section downloads -->/g)).toHaveLength(1);
      },
    },
  ];

  async function prepare(): Promise<Scene> {
    // GitHub's limit is for one hour, in which this test makes many releases.
    github.world.rateLimit.remaining = github.world.rateLimit.limit;
    count += 1;
    const repository = github.addRepository(`acme${count}/widget`);
    repository.immutableReleases = count % 2 === 0;
    const { sha } = github.addCommit(repository, { ref: "refs/tags/v1.2.3" });
    const run = github.addRun({ repository: repository.fullName, headSha: sha, headBranch: "refs/tags/v1.2.3" });
    const manifest = makeManifest({ repository: repository.fullName, sha256: (file) => fixtureSha256(file) });
    const archives = Object.keys(manifest["artifacts"] as object).filter((name) => name.endsWith(".tar.xz"));
    const sums = archives.map((name) => `${fixtureSha256(name)} *${name}\n`).join("");
    const base = `https://github.com/${repository.fullName}/releases/download/v1.2.3`;
    const plan = JSON.stringify(makeManifest({ repository: repository.fullName }));
    await uploadArtifact(github, run, "artifacts-plan-dist-manifest", [["plan-dist-manifest.json", plan]]);
    await uploadArtifact(github, run, "artifacts-build-global", [
      ["widget.rb", makeFormula({ base })],
      ["sha256.sum", sums],
    ]);
    const names = Object.keys(manifest["artifacts"] as object);
    const files = new Map(names.map((name) => [name, Buffer.from(name)]));
    const writer = github.token(repository, { contents: "write" });
    await createPlainRelease(github, repository, writer, "v1.2.3", files, { body: "By hand.\n" });
    return { repository, run, tap: taps.create(`killed${count}`) };
  }

  async function publish(
    { action, inputs }: Publisher,
    scene: Scene,
    atRequest?: number,
    meanwhile: (request: { readonly method: string }) => void = () => undefined,
  ): Promise<{ step: StepResult; requests: number }> {
    const job = await Job.open({ env: github.env(scene.run, undefined, { permissions: { contents: "write" } }) });
    let requests = 0;
    let kill = (): void => undefined;
    const seen = (request: { readonly method: string } = { method: "" }): void => {
      meanwhile(request);
      requests += 1;
      if (requests === atRequest) kill();
    };
    github.world.onRequest = seen;
    taps.server.onRequest = () => seen();
    try {
      const when = (stop: () => void): void => {
        kill = stop;
      };
      const stop = atRequest === undefined ? {} : { stop: { when, by: "SIGKILL" as const } };
      const step = await job.step(action, { inputs: inputs(scene), ...stop });
      return { step, requests };
    } finally {
      github.world.onRequest = undefined;
      taps.server.onRequest = undefined;
      await job.close();
    }
  }

  async function ledgerOf({ run }: Scene): Promise<readonly LedgerRow[]> {
    const { signal } = new AbortController();
    const services = { ...silentReporter, env: github.env(run), signal, tempFolder: async () => "" };
    return loadLedger(runArtifacts(services));
  }

  test("release-notes keeps what a person writes into the notes at any of its requests", async () => {
    const whole = await prepare();
    const notes = PUBLISHERS.find(({ action }) => action === "release-notes");
    if (notes === undefined) throw new Error("no such publisher");
    const { requests } = await publish(notes, whole);
    for (const at of killedRequests(requests)) {
      const scene = await prepare();
      const [release] = scene.repository.releases;
      if (release === undefined) throw new Error("no release");
      let seen = 0;
      let lost = false;
      const edit = (request: { readonly method: string }): void => {
        seen += 1;
        if (seen !== at) return;
        // GitHub does not protect an edit between reading and writing, so this test leaves that moment out.
        lost = request.method === "PATCH";
        release.body = `A person wrote ${at}.\n\n${release.body}`;
      };
      await publish(notes, scene, undefined, edit);
      github.rerun(scene.run);
      expect((await publish(notes, scene)).step.conclusion).toBe("success");
      if (!lost) expect(release.body).toContain(`A person wrote ${at}.`);
      expect(release.body).toContain("By hand.");
    }
  });

  const isThere = ({ state }: LedgerRow): boolean => state === "verified" || state === "published";

  test.each(PUBLISHERS.map((publisher) => [publisher.action, publisher] as const))(
    "%s, at any of its requests, leaves a ledger that says what is public, and completes in the next attempt",
    async (_action, publisher) => {
      const whole = await prepare();
      const { step, requests } = await publish(publisher, whole);
      expect(step).toMatchObject({ conclusion: "success" });
      expect(requests).toBeGreaterThan(5);
      let kills = 0;
      const killedAt = killedRequests(requests);
      for (const at of killedAt) {
        const scene = await prepare();
        const killed = await publish(publisher, scene, at);
        const rows = await ledgerOf(scene);
        // Everything public has a row, which never says failed. Everything that the ledger calls published is public.
        if (publisher.isOut(scene))
          expect([at, rows.map(({ state }) => state)]).toEqual([
            at,
            [expect.stringMatching(/^(planned|published|verified)$/)],
          ]);
        else expect([at, rows.filter(isThere)]).toEqual([at, []]);
        if (killed.step.conclusion !== "success") kills += 1;
        github.rerun(scene.run);
        const again = await publish(publisher, scene);
        expect([at, again.step.conclusion]).toEqual([at, "success"]);
        publisher.finished(scene);
        expect((await ledgerOf(scene)).map(({ state, attempt }) => [state, attempt])).toEqual([["verified", 2]]);
      }
      expect(kills).toBeGreaterThan(killedAt.length - 3);
    },
  );
});
