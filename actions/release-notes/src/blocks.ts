import { fenced } from "@release-actions/action-kit";
import {
  archivesOf,
  type Checksums,
  type DistPlan,
  type DroppedTargets,
  downloadUrl,
  type Release,
} from "@release-actions/dist-plan";
import { gatewayUrl, parseGateway, parseRepository } from "@release-actions/download-urls";
import { awaitsApproval, isPublished, type LedgerRow } from "@release-actions/ledger";
import { platformName } from "./platform.ts";

/** Tables of every app's archives: platform, link, checksum. */
export function downloadTables(
  plan: DistPlan,
  checksums: Checksums,
  gateway: string | undefined,
  isDropped: DroppedTargets = () => false,
): string {
  const tables = plan.releases.flatMap((release) => {
    const listed = archivesOf(release).filter(
      ({ targets }) => !targets.every((target) => isDropped(release.app, target)),
    );
    const rows = listed.map((archive) => {
      const url = archiveUrl(plan, release, archive.name, gateway);
      const sha256 = checksums.get(archive.name);
      const platforms = archive.targets.map(platformName).join("<br>");
      return `| ${platforms} | ${url === undefined ? archive.name : `[${archive.name}](${url})`} | ${sha256 === undefined ? "" : `\`${sha256}\``} |`;
    });
    if (rows.length === 0) return [];
    const heading = plan.releases.length > 1 ? [`### ${release.displayName} ${release.version.text}`, ""] : [];
    return [[...heading, "| platform | archive | SHA-256 |", "| --- | --- | --- |", ...rows].join("\n")];
  });
  return tables.join("\n\n");
}

function archiveUrl(
  plan: DistPlan,
  { hosting, ...release }: Release,
  name: string,
  gateway: string | undefined,
): string | undefined {
  if (gateway === undefined || hosting === undefined || plan.tag === undefined)
    return downloadUrl({ hosting, ...release }, name);
  const repository = parseRepository(hosting.repository, hosting.server);
  return gatewayUrl(parseGateway(gateway, repository), {
    tag: encodeURIComponent(plan.tag),
    file: encodeURIComponent(name),
  });
}

/** Extensions of system packages, which people download and open. */
const PACKAGES = /\.(msi|pkg|deb|rpm|dmg)$/;

/** The installers among the files of the release: cargo-dist's commands for scripts, and links to packages. */
export function installerBlocks(plan: DistPlan, gateway: string | undefined): string {
  const blocks = plan.releases.flatMap((release) => {
    const prefix = plan.releases.length > 1 ? `${release.displayName}: ` : "";
    return release.artifacts
      .filter(({ kind, name }) => kind === "installer" && !/\.rb$|-npm-package\.tar\.gz$/.test(name))
      .flatMap((installer) => {
        const { name, installHint: hint, description } = installer;
        if (PACKAGES.test(name)) {
          const url = archiveUrl(plan, release, name, gateway);
          return [`### ${prefix}${platformsOf(installer)}\n\n${url === undefined ? name : `[${name}](${url})`}`];
        }
        if (hint === undefined || hint.trim() === "") return [];
        return [`### ${prefix}${description ?? name}\n\n${fenced(hint.trim(), "sh")}`];
      });
  });
  return blocks.join("\n\n");
}

function platformsOf({ name, targets }: Release["artifacts"][number]): string {
  return `${name.split(".").at(-1)} for ${targets.map(platformName).join(", ") || "every platform"}`;
}

/** How to check that a file was built by the repository's own workflow. */
export function attestationNote(plan: DistPlan, repository: string): string {
  if (!plan.hasAttestations) return "";
  const intro = "The files have attestations of where they were built (`<file>` is one of them):";
  return `${intro}\n\n\`\`\`sh\ngh attestation verify <file> --repo ${repository}\n\`\`\``;
}

/** How users install the release from each channel. */
const COMMANDS: Readonly<Record<string, { readonly title: string; readonly command: (row: LedgerRow) => string }>> = {
  image: { title: "Docker", command: ({ name, version }) => `docker pull ${name}:${version}` },
  homebrew: { title: "Homebrew", command: brewCommand },
  npm: { title: "npm", command: ({ name, version }) => `npm install --global ${name}@${version}` },
  chart: {
    title: "Helm",
    command: ({ name, version }) => `helm install ${name.split("/").at(-1)} ${name} --version ${version}`,
  },
};

/**
 * Uses full names, including those of dependencies from taps, because Homebrew 6 loads only formulae named in full from
 * a tap that is not trusted (docs.brew.sh, "Tap Trust"). A tap not called `homebrew-…` must first be added by its URL.
 */
function brewCommand({ name, requires = [], url = "" }: LedgerRow): string {
  const install = `brew install ${[...requires, name].join(" ")}`;
  const [, address, owner, repository] = /^(https:\/\/[^/]+\/([^/]+)\/([^/]+))\/blob\//.exec(url) ?? [];
  if (repository === undefined || /^homebrew-/i.test(repository)) return install;
  return `brew tap ${owner}/${repository} ${address}\n${install}`;
}

/** Names of packages with the binary of one platform, which nobody installs by name. */
const PLATFORM_PACKAGE = /-(linux|darwin|win32|windows|freebsd|android)-[a-z0-9]+(-[a-z]+)?$/;

/** Install commands for the channels that have the release; channels without it are left out. */
export function installCommands(rows: readonly LedgerRow[]): string {
  const blocks = Object.entries(COMMANDS).flatMap(([channel, { title, command }]) => {
    const commands = rows
      .filter((row) => row.channel === channel && isPublished(row))
      .filter((row) => channel !== "npm" || !PLATFORM_PACKAGE.test(row.name))
      .map(command);
    return commands.length === 0 ? [] : [`### ${title}\n\n\`\`\`sh\n${commands.join("\n")}\n\`\`\``];
  });
  return blocks.join("\n\n");
}

/** The ledger as a table: where the release is published, and where not and why. */
export function channelTable(rows: readonly LedgerRow[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(({ channel, name, version, state, url, reason }) => {
    const shown = url === undefined ? cell(name) : `[${cell(name)}](${url})`;
    const said = state === "awaiting-approval" ? "waits for approval" : state;
    return `| ${channel} | ${shown} | ${cell(version)} | ${said}${reason === undefined ? "" : `: ${cell(reason)}`} |`;
  });
  return ["| channel | name | version | state |", "| --- | --- | --- | --- |", ...lines].join("\n");
}

/** Commands with which a maintainer approves waiting packages, in publishing order; empty when nothing waits. */
export function approvalList(rows: readonly LedgerRow[]): string {
  const waiting = rows.filter(awaitsApproval);
  if (waiting.length === 0) return "";
  const items = waiting.map(({ channel, name, version, approve, url }) => {
    const shown = `${cell(name)} ${cell(version)}`;
    return `- ${channel}: ${url === undefined ? shown : `[${shown}](${url})`}${approve === undefined ? "" : ` \`${approve.replaceAll("`", "")}\``}`;
  });
  return ["#### Waits for approval", "", ...items].join("\n");
}

/** Escapes text of a row, which comes from an artifact and must not add HTML, columns or links. */
function cell(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\|[\]`]/g, "\\$&");
}
