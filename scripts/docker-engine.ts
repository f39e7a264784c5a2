// Starts and stops a temporary Docker engine in .work/engine: node scripts/docker-engine.ts start|stop|status [variant]
import { Fault, type Reporter, silentReporter } from "@release-actions/report";
import { acquireEngine, placeOf, releaseEngine, runningEngine } from "./docker-engine/own-engine.ts";
import { isOwnVariant, OWN_VARIANTS, type OwnVariant } from "./docker-engine/variants.ts";

export { type Engine, engineAt, type OwnEngine, startAnyEngine, startEngine } from "./docker-engine/engine.ts";
export { NoEngine } from "./docker-engine/machine.ts";
export { DOCKER_VARIANTS, OWN_VARIANTS, type OwnVariant, type Variant } from "./docker-engine/variants.ts";

/** The user name with which the command line acquires an engine. It keeps the engine until `stop`. */
const COMMAND_LINE = "command-line";

async function main(command: string | undefined, variantName: string | undefined): Promise<void> {
  const variants = variantName === undefined ? OWN_VARIANTS : [parseVariant(variantName)];
  for (const variant of variants) {
    if (command === "start") await acquireEngine(placeOf(variant), COMMAND_LINE, toStderr);
    else if (command === "stop") await releaseEngine(placeOf(variant), "everybody");
    else if (command !== "status")
      throw new Fault(`usage: docker-engine.ts start|stop|status [${OWN_VARIANTS.join("|")}]`);
    const engine = await runningEngine(placeOf(variant));
    console.log(
      engine === undefined ? `${variant}: not running` : `${variant}: ${engine.version} at unix://${engine.socket}`,
    );
  }
}

function parseVariant(text: string): OwnVariant {
  if (isOwnVariant(text)) return text;
  throw new Fault(`there is no engine "${text}": there are ${OWN_VARIANTS.join(", ")}`);
}

const toStderr: Reporter = {
  ...silentReporter,
  info: (message) => process.stderr.write(`docker-engine: ${message}\n`),
};

if (import.meta.main) {
  await main(...(process.argv.slice(2) as [string?, string?])).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    process.stderr.write(`docker-engine: ${error.message}\n${error.advice === undefined ? "" : `${error.advice}\n`}`);
    process.exitCode = 1;
  });
}
