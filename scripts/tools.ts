// Installs the real tools that the tests run against, at pinned versions, into the user's cache.
// `npm run tools` installs all of them, `npm run tools -- crane helm` some, `npm run tools -- --list` none.
// `npm run tools -- --update` fills in the digests of the release archives that the actions install.
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { PINNED_TOOLS } from "@release-actions/tools";
import { binFolder, install, isInstalled } from "./tools/install.ts";
import { TOOLS } from "./tools/pins.ts";
import { updateDigests } from "./tools/update-digests.ts";

if (process.argv.includes("--update")) {
  const pins = path.join(import.meta.dirname, "../packages/tools/src/pinned-tools.json");
  const changed = await updateDigests(pins, PINNED_TOOLS, fetch, (text) => console.log(`tools: ${text}`));
  const biome = path.join(import.meta.dirname, "../node_modules/.bin/biome");
  if (changed) await runCommand(biome, ["check", "--write", pins]);
  process.exit(0);
}

const names = process.argv.slice(2).filter((arg) => !arg.startsWith("-"));
const unknown = names.filter((name) => !TOOLS.some((tool) => tool.name === name));
if (unknown.length > 0) {
  console.error(`unknown tools: ${unknown.join(", ")}; there are: ${TOOLS.map((tool) => tool.name).join(", ")}`);
  process.exit(1);
}
const wanted = TOOLS.filter((tool) => names.length === 0 || names.includes(tool.name));
if (!process.argv.includes("--list")) await install(wanted, (text) => console.log(`tools: ${text}`));
for (const tool of wanted) {
  const place = isInstalled(tool) ? (binFolder(tool) ?? "installed by the system") : "missing";
  console.log(`${tool.name.padEnd(16)} ${tool.version.padEnd(8)} ${place}`);
}
