import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IdentityOptions, makeIdentity, type SigningIdentity } from "./identity.ts";
import { buildMacBinary, type GoArchitecture, type SignOptions, signMacBinary } from "./mac-binary.ts";
import { startTimestampServer, type TimestampServer } from "./timestamp-server.ts";

/** The programs that a workshop needs. */
export const WORKSHOP_TOOLS = ["go", "openssl", "rcodesign"] as const;

/** A folder with a Developer ID identity, a timestamp server and unsigned programs, all self-made. */
export class Workshop implements AsyncDisposable {
  readonly folder: string;
  readonly identity: SigningIdentity;
  readonly timestamps: TimestampServer;
  readonly #otherAuthorities: string[] = [];
  #count = 0;

  constructor(folder: string, identity: SigningIdentity, timestamps: TimestampServer) {
    this.folder = folder;
    this.identity = identity;
    this.timestamps = timestamps;
  }

  static async open(): Promise<Workshop> {
    const folder = mkdtempSync(join(tmpdir(), "workshop-"));
    const [identity, timestamps] = await Promise.all([
      makeIdentity(join(folder, "identity")),
      startTimestampServer(join(folder, "timestamps")),
    ]);
    return new Workshop(folder, identity, timestamps);
  }

  /** Files of the certificates that replace Apple's authorities, for the input `authorities` (one per line). */
  get authorities(): readonly string[] {
    return [this.identity.authority, this.timestamps.authority, ...this.#otherAuthorities];
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  fresh(): string {
    this.#count += 1;
    return this.path(`file-${this.#count}`);
  }

  /** Makes another identity. Its authority counts like Apple's, unless `authorityName` makes it an imitation. */
  async otherIdentity(name: string, options: IdentityOptions): Promise<SigningIdentity> {
    const identity = await makeIdentity(this.path(name), options);
    if (options.authorityName === undefined) this.#otherAuthorities.push(identity.authority);
    return identity;
  }

  build(architecture: GoArchitecture): Promise<string> {
    return buildMacBinary(this.folder, architecture);
  }

  /** Signs with everything that Apple requires, except what an option removes. */
  sign(input: string, options: SignOptions = {}): Promise<string> {
    return signMacBinary(input, this.fresh(), {
      identity: this.identity,
      timestampUrl: this.timestamps.url,
      ...options,
    });
  }

  /** A copy of a file with its bytes changed. */
  async change(file: string, edit: (bytes: Buffer) => Buffer | undefined | void | Promise<void>): Promise<string> {
    const bytes = await readFile(file);
    const copy = this.fresh();
    await writeFile(copy, (await edit(bytes)) ?? bytes, { mode: 0o755 });
    return copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.timestamps[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
