import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { readActions } from "../generate/action-file.ts";
import { measureNode } from "./process.ts";
import { type Bench, median, type Row } from "./row.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const ROUNDS = 15;
const BUDGET = 1.15;

/** The cold start of a bundle that reads all inputs and refuses one, compared with a bundle of `@actions/core` that prints a line. */
export const startup: Bench = {
  name: "startup",
  async run() {
    const peer = await coreBundle();
    const bundles = readActions(root)
      .map((action) => ({ name: action.name, file: path.join(action.folder, "dist/index.js"), inputs: action.inputs }))
      .filter(({ file }) => existsSync(file));
    const times = new Map<string, { ms: number[]; peakMiB: number[] }>();
    // All run in turns, so that a busy moment of the machine affects all alike.
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

/** An invalid value for some input of the action, so that the action ends after reading its inputs. */
function refusedInput(inputs: readonly { name: string; type: { kind: string } }[]): NodeJS.ProcessEnv {
  const set = (name: string, value: string): NodeJS.ProcessEnv => ({ [`INPUT_${name.toUpperCase()}`]: value });
  const strict = inputs.find(({ type }) => ["boolean", "number", "enum", "digest"].includes(type.kind));
  if (strict !== undefined) return set(strict.name, "?");
  const file = inputs.find(({ type }) => type.kind === "path");
  if (file !== undefined) return set(file.name, "two\nlines");
  return {}; // An action without inputs ends because it has nothing to work on.
}

async function coreBundle(): Promise<string> {
  // The peer is built inside action-kit, the only package that can import the toolkit; git ignores the folder.
  const folder = path.join(root, "packages/action-kit/dist");
  mkdirSync(folder, { recursive: true });
  // The peer contains the whole package, as in a bundle of the published package.
  const peer = 'import * as core from "@actions/core";\nglobalThis.core = core;\ncore.info("hello");\n';
  writeFileSync(path.join(folder, "peer.mjs"), peer);
  const ncc = path.join(root, "scripts/node_modules/@vercel/ncc/dist/ncc/cli.js");
  await runCommand(process.execPath, [ncc, "build", path.join(folder, "peer.mjs"), "--out", folder, "--minify"]);
  return path.join(folder, "index.mjs");
}
