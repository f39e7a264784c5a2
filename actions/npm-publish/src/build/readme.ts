import { overrideVariable, type Product, type WantedPlatform } from "@release-actions/npm";

/** The README of the package when the archive has none. */
export function baseReadme({ name, binary, about }: Product, platforms: readonly WantedPlatform[]): string {
  return [
    `# ${name}`,
    "",
    ...(about.description === undefined ? [] : [about.description, ""]),
    "```sh",
    `npm install --global ${name}`,
    `${binary} --help`,
    "```",
    "",
    `There is one package with the program for each platform: ${platforms.map(({ text }) => text).join(", ")}.`,
    `npm, pnpm and Yarn install the right one as an optional dependency. \`${overrideVariable(binary)}\` names another program to start.`,
    "",
    `<${about.homepage ?? about.repository}>`,
    "",
  ].join("\n");
}
