import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { StagingWorld } from "../../integration/npm-publish/staging-world.ts";
import { PASSWORD, RealRegistry, USER } from "../../registry/real-registry.ts";
import { TapServer } from "../../release/tap.ts";
import { type Accounts, startAccounts } from "../../stand-in/accounts.ts";
import type { SigningIdentity } from "../../stand-in/apple/identity.ts";
import { NotaryApi } from "../../stand-in/apple/notary-api.ts";
import { Workshop } from "../../stand-in/apple/workshop.ts";
import type { GitHub } from "../../stand-in/github.ts";
import { serve } from "../../stand-in/http.ts";
import { publishDocument } from "../../stand-in/npm/staging.ts";
import { ParcaStore } from "../../stand-in/parca/store.ts";
import { Internet } from "./internet.ts";

/** The Apple team that our pages name. */
const TEAM = "A1B2C3D4E5";
/** A token that is as long as npm's tokens. */
const NPM_TOKEN = `npm_${"x".repeat(36)}`;
const PARCA_TOKEN = "parca-token-of-a-test";
export const ACTOR = USER;
/** A classic token of a person who may push to the tap. */
export const PERSONAL_TOKEN = `ghp_${"x".repeat(36)}`;
export const APP_ID = "123";
/** The keys of the GitHub App that writes to the tap. */
const APP_KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });

interface Parts {
  readonly npm: StagingWorld;
  readonly registries: readonly [RealRegistry, RealRegistry];
  readonly taps: TapServer;
  readonly apple: NotaryApi;
  readonly workshop: Workshop;
  readonly identity: SigningIdentity;
  readonly parca: ParcaStore;
  readonly accounts: Accounts;
  readonly internet: Internet;
  readonly downloads: { close(): Promise<void> };
  /** A folder for files of the test. */
  readonly folder: string;
}

/** The services that the blocks of our pages use, each under the host name that the blocks use. */
export class Services implements AsyncDisposable {
  readonly parts: Parts;

  private constructor(parts: Parts) {
    this.parts = parts;
  }

  /** @param release the files that `https://github.com/org/app` has released as v1.2.3. */
  static async open(release: ReadonlyMap<string, string> = new Map()): Promise<Services> {
    const folder = mkdtempSync(path.join(tmpdir(), "pages-"));
    const [npm, ghcr, hub, taps, apple, workshop, parca, accounts] = await Promise.all([
      StagingWorld.start("registry.npmjs.org"),
      RealRegistry.start(),
      RealRegistry.start(),
      TapServer.start(),
      NotaryApi.open(),
      Workshop.open(),
      ParcaStore.start(PARCA_TOKEN),
      startAccounts(),
    ]);
    const identity = await workshop.otherIdentity("pages", { teamId: TEAM });
    apple.behaviour.slowness = 0;
    npm.front.credentials.add(NPM_TOKEN, "bypass");
    const names = ["@acme/widget", "@acme/widget-server", "widget"];
    const trusted = names.flatMap((name) => npm.names(name));
    await npm.trust(trusted, ["publish", "stage", "dist-tag"]);
    // A trusted publisher cannot create packages.
    for (const name of npm.names("widget")) await createPackage(npm.world, name);
    accounts.docker.add(`acme:${PASSWORD}`);
    accounts.github.set(PERSONAL_TOKEN, { scopes: "repo", pushes: ["acme/homebrew-tap"] });
    const installations = { "acme/homebrew-tap": { contents: "write", metadata: "read" } };
    accounts.apps.set(APP_ID, { publicKey: APP_KEYS.publicKey, installations });
    const tap = taps.create("tap");
    if (!tap.url.endsWith("/acme/homebrew-tap.git")) throw new Error(`the tap is ${tap.url}`);
    const downloads = await serve(async ({ path: asked }) => {
      const body = release.get(path.basename(asked));
      return body === undefined ? { status: 404, body: {} } : { status: 200, body: Buffer.from(body) };
    });
    const internet = await Internet.open({
      "ghcr.io": ghcr.origin,
      "registry-1.docker.io": hub.origin,
      "auth.docker.io": accounts.origin,
      "registry.npmjs.org": npm.front.origin,
      "github.com": taps.server.origin,
      "github.com/org/app/releases": downloads.origin,
      "project.debuginfod.example.com": parca.debuginfod,
    });
    const registries = [ghcr, hub] as const;
    const servers = { npm, registries, taps, apple, parca, accounts, internet, downloads };
    return new Services({ ...servers, workshop, identity, folder });
  }

  get github(): GitHub {
    return this.parts.npm.github;
  }

  /** The secrets of a repository. `GITHUB_TOKEN` is also the password of a registry, as on GitHub. */
  get secrets(): Readonly<Record<string, string>> {
    const { privateKey, keyId, issuer } = this.parts.apple;
    return {
      GITHUB_TOKEN: PASSWORD,
      NPM_TOKEN,
      ...{ TAP_TOKEN: this.parts.taps.token, HOMEBREW_TAP_TOKEN: this.parts.taps.token },
      ...{ DOCKERHUB_TOKEN: PASSWORD, DOCKER_USERNAME: "acme", DOCKER_PASSWORD: PASSWORD },
      ...Object.fromEntries(
        ["APPLE_API", "NOTARY_API"].flatMap((name) => [
          [`${name}_KEY`, privateKey],
          [`${name}_KEY_ID`, keyId],
          [`${name}_ISSUER`, issuer],
        ]),
      ),
      CODESIGN_CERTIFICATE: readFileSync(this.parts.identity.p12).toString("base64"),
      CODESIGN_CERTIFICATE_PASSWORD: this.parts.identity.password,
      CODESIGN_IDENTITY: this.parts.identity.commonName,
      PARCA_TOKEN,
      NOTARY_APP_SPECIFIC_PASSWORD: "abcd-efgh-ijkl-mnop",
      TAP_APP_KEY: APP_KEYS.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
  }

  /** Changes to defaults in action.yml: of services whose protocol the proxy does not speak, and of Apple's certificates. */
  get replacing(): Readonly<Record<string, (text: string) => string>> {
    const authorities = JSON.stringify(this.parts.workshop.authorities.join("\n"));
    const trusting = (text: string): string =>
      text.replace(
        /^( +)authorities:\n(?:\1 {2}.*\n)+/m,
        (whole, indent) => `${whole}${indent}  default: ${authorities}\n`,
      );
    return {
      "macho-check/action.yml": trusting,
      "codesign-macos/action.yml": (text) =>
        trusting(text).replace(
          "default: http://timestamp.apple.com/ts01",
          `default: ${this.parts.workshop.timestamps.url}`,
        ),
      "notarize-macos/action.yml": (text) =>
        text
          .replace("default: https://appstoreconnect.apple.com", `default: ${this.parts.apple.url}`)
          .replace("  s3-url:\n", `  s3-url:\n    default: ${this.parts.apple.s3.url}\n`),
      "debug-symbols/action.yml": (text) =>
        text.replace("default: grpc.polarsignals.com:443", `default: ${this.parts.parca.address}`),
    };
  }

  /** A program for macOS, signed or not. */
  async macProgram(signed: boolean): Promise<string> {
    const built = await this.parts.workshop.build("arm64");
    return signed ? await this.parts.workshop.sign(built, { identity: this.parts.identity }) : built;
  }

  /** An archive in cargo-dist's layout, with one program. */
  async macArchive(): Promise<string> {
    const folder = path.join(this.parts.folder, "widget-aarch64-apple-darwin");
    await runCommand("mkdir", ["-p", folder]);
    writeFileSync(path.join(folder, "widget"), readFileSync(await this.macProgram(true)), { mode: 0o755 });
    const archive = `${folder}.tar.xz`;
    await runCommand("tar", ["--create", "--xz", "--file", archive, path.basename(folder)], { cwd: this.parts.folder });
    return archive;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.parts.internet[Symbol.asyncDispose]();
    await this.parts.downloads.close();
    await Promise.all([
      ...this.parts.registries.map((each) => each.close()),
      this.parts.taps.close(),
      this.parts.apple.close(),
    ]);
    await Promise.all([this.parts.parca.close(), this.parts.accounts.close(), this.parts.npm.close()]);
    await this.parts.workshop[Symbol.asyncDispose]();
    rmSync(this.parts.folder, { recursive: true });
  }
}

/** Publishes the first version of a package with a token, which must happen before a trusted workflow can publish. */
async function createPackage({ registry, token }: StagingWorld["world"], name: string): Promise<void> {
  const body = new Uint8Array(await publishDocument({ name, version: "0.0.1" }));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${registry.origin}/${name}`, { method: "PUT", headers, body });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
}
