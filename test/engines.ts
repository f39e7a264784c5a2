import { describe, expect } from "@jest/globals";
import { engineAt, OWN_VARIANTS, type OwnEngine, type OwnVariant } from "../scripts/docker-engine.ts";
import { describeWithout } from "./parts.ts";

/** The variables in which the test runner gives the socket of each engine it started. */
const SOCKET_VARIABLE: Readonly<Record<OwnVariant, string>> = {
  containerd: "TEST_ENGINE_CONTAINERD",
  overlay2: "TEST_ENGINE_OVERLAY2",
  "20.10": "TEST_ENGINE_20_10",
  "28": "TEST_ENGINE_28",
  podman: "TEST_ENGINE_PODMAN",
};

const engines = new Map<OwnVariant, OwnEngine>();
for (const variant of OWN_VARIANTS) {
  const socket = process.env[SOCKET_VARIABLE[variant]];
  if (socket !== undefined && socket !== "") engines.set(variant, await engineAt(variant, socket));
}

/** The engine of a variant that the test runner has started. Call it from inside a test or hook. */
export function startedEngine(variant: OwnVariant): OwnEngine {
  const engine = engines.get(variant);
  if (engine === undefined) throw new Error(`no engine "${variant}": ${SOCKET_VARIABLE[variant]} is not set`);
  return engine;
}

/**
 * Describes behaviour once for each of the engines. Where the test runner has not started an engine of a variant,
 * the variant's tests are skipped and the reason is shown. With CI=true they fail instead.
 */
export function describeWithEngines(
  title: string,
  variants: readonly OwnVariant[],
  body: (engine: OwnEngine) => void,
): void {
  const { testPath = "" } = expect.getState();
  // Files of these two kinds run one by one. Others run in parallel and would see each other's changes to the engine.
  if (!/\.engine\.test\.ts$|\/test\/workflow\//.test(testPath)) {
    throw new Error(`${testPath} shares the engines: name it *.engine.test.ts`);
  }
  for (const variant of variants) {
    const engine = engines.get(variant);
    const titleHere = `${title} (${variant})`;
    if (engine !== undefined) describe(titleHere, () => body(engine));
    else describeWithout(`no engine "${variant}", ${SOCKET_VARIABLE[variant]} is not set`, titleHere);
  }
}
