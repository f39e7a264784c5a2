import { ChartError } from "@release-actions/chart";
import { createTransport } from "@release-actions/http";
import { type ImageReference, parseReference } from "@release-actions/image-reference";
import { openRegistry, type Registry } from "@release-actions/registry-client";
import type { ActionRunner } from "./action.gen.ts";

/** Registries by name, one connection each. */
export type Registries = (name: string) => Registry;

/** Sends the password only to the chart's own registry. */
export function openRegistries({ inputs, env, signal }: ActionRunner, own: string | undefined): Registries {
  const transport = createTransport({ ...env });
  const opened = new Map<string, Registry>();
  const { username, password } = inputs;
  return (name) => {
    const credentials = name === own && password !== undefined ? { username: username ?? "", password } : undefined;
    const registry = opened.get(name) ?? openRegistry(name, { transport, credentials, signal });
    opened.set(name, registry);
    return registry;
  };
}

/** Where a chart is kept: below the input `registry`, under its own name. */
export function chartReference(registry: string, chart: string): ImageReference {
  const [, place] = /^oci:\/\/(.+?)\/*$/.exec(registry) ?? [];
  if (place === undefined) {
    throw new ChartError(`the input \`registry\` is ${JSON.stringify(registry)}, expected oci://<registry>/<path>`);
  }
  const reference = parseReference(`${place}/${chart}`);
  if (reference.tag !== undefined || reference.digest !== undefined) {
    throw new ChartError(`the input \`registry\` is ${JSON.stringify(registry)}, expected no tag in it`);
  }
  return reference;
}
