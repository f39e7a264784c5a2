import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { readActions } from "../generate/action-file.ts";
import { measureNode } from "./process.ts";
import { type Bench, median, type Row } from "./row.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const ROUNDS = 15;
const BUDGET = 1.15;

/** A bundle's cold start: every input is read and one refused, against a bundle of `@actions/core` that prints a line. */
export const startup: Bench = {
  name: "startup",
  async run() {
    const peer = await coreBundle();
    const bundles = readActions(root)
      .map((action) => ({ name: action.name, file: path.join(action.folder, "dist/index.js"), inputs: action.inputs }))
      .filter(({ file }) => existsSync(file));
    const times = new Map<string, { ms: number[]; peakMiB: number[] }>();
    // Rounds over all of them, so that a busy moment of the machine falls on peer and ours alike.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { name, file, env } of [
        { name: "@actions/core", file: peer, env: process.env },
        ...bundles.map(({ name, file, inputs }) => ({ name, file, env: { ...process.env, ...refusedInput(inputs) } })),
      ]) {
        const { ms, peakMiB } = await measureNode(file, env);
        const entry = times.get(name) ?? { ms: [], peakMiB: [] };
        times.set(name, entry);
        entry.ms.push(ms);
        entry.peakMiB.push(peakMiB);
      }
    }
    const of = (name: string): { ms: number; peakMiB: number } => {
      const entry = times.get(name);
      return { ms: median(entry?.ms ?? []), peakMiB: median(entry?.peakMiB ?? []) };
    };
    const base = of("@actions/core");
    const show = ({ ms, peakMiB }: typeof base): string => `${ms.toFixed(0)} ms, ${peakMiB.toFixed(0)} MiB`;
    return bundles.map(({ name }): Row => {
      const own = of(name);
      const ratio = own.ms / base.ms;
      return {
        what: `start of ${name}`,
        peer: show(base),
        ours: show(own),
        ratio,
        budget: `${BUDGET} x`,
        held: ratio <= BUDGET,
      };
    });
  },
};

/** A value that some input of the action cannot have, so that it ends when it has read its inputs. */
function refusedInput(inputs: readonly { name: string; type: { kind: string } }[]): NodeJS.ProcessEnv {
  const set = (name: string, value: string): NodeJS.ProcessEnv => ({ [`INPUT_${name.toUpperCase()}`]: value });
  const strict = inputs.find(({ type }) => ["boolean", "number", "enum", "digest"].includes(type.kind));
  if (strict !== undefined) return set(strict.name, "?");
  const file = inputs.find(({ type }) => type.kind === "path");
  if (file !== undefined) return set(file.name, "two\nlines");
  return {}; // Without any input there is nothing to work on, which is refused too.
}

async function coreBundle(): Promise<string> {
  // Inside action-kit, the only package that may resolve the toolkit; the folder is ignored by git.
  const folder = path.join(root, "packages/action-kit/dist");
  mkdirSync(folder, { recursive: true });
  // All of it, as whoever bundles the package as it is published gets it.
  const peer = 'import * as core from "@actions/core";\nglobalThis.core = core;\ncore.info("hello");\n';
  writeFileSync(path.join(folder, "peer.mjs"), peer);
  const ncc = path.join(root, "scripts/node_modules/@vercel/ncc/dist/ncc/cli.js");
  await runCommand(process.execPath, [ncc, "build", path.join(folder, "peer.mjs"), "--out", folder, "--minify"]);
  return path.join(folder, "index.mjs");
}
