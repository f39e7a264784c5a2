import { describe, expect } from "@jest/globals";
import { engineAt, OWN_VARIANTS, type OwnEngine, type OwnVariant } from "../scripts/docker-engine.ts";
import { describeWithout } from "./parts.ts";

/** Where the test runner says that it started each engine. */
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

/** The engine that the test runner has started of a variant; call it from inside a test or hook. */
export function startedEngine(variant: OwnVariant): OwnEngine {
  const engine = engines.get(variant);
  if (engine === undefined) throw new Error(`no engine "${variant}": ${SOCKET_VARIABLE[variant]} is not set`);
  return engine;
}

/**
 * Describes behaviour once for each of the engines. Where the test runner has started none of a
 * variant, its tests are skipped and the reason is shown; under CI=true that is a failure.
 */
export function describeWithEngines(
  title: string,
  variants: readonly OwnVariant[],
  body: (engine: OwnEngine) => void,
): void {
  const { testPath = "" } = expect.getState();
  // Both kinds run one by one; the others side by side, where each would see what its neighbours do to the engine.
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
