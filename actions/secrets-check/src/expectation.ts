import { Fault } from "@release-actions/report";

export const KINDS = [
  "p12",
  "apple-app-password",
  "apple-api-key",
  "npm-token",
  "npm-oidc",
  "github-token",
  "docker-login",
  "polarsignals-token",
  "nonempty",
] as const;

export type Kind = (typeof KINDS)[number];

/** One line of `expect`. */
export interface Expectation {
  readonly name: string;
  readonly kind: Kind;
  /** By option name; those that name another secret are listed in `PARTNERS`. */
  readonly options: Readonly<Record<string, string>>;
}

const OPTIONS: Readonly<Record<Kind, readonly string[]>> = {
  p12: ["password", "identity"],
  "apple-app-password": [],
  "apple-api-key": [],
  "npm-token": [],
  "npm-oidc": ["package"],
  "github-token": ["scopes", "repository"],
  "docker-login": ["username"],
  "polarsignals-token": [],
  nonempty: [],
};

/** Options whose value is the name of another secret. */
const PARTNERS: readonly string[] = ["password", "identity", "username"];

/** What `auto` expects of a name it finds in a workflow. */
const KNOWN_NAMES: readonly Expectation[] = [
  {
    name: "CODESIGN_CERTIFICATE",
    kind: "p12",
    options: { password: "CODESIGN_CERTIFICATE_PASSWORD", identity: "CODESIGN_IDENTITY" },
  },
  { name: "NOTARY_APP_SPECIFIC_PASSWORD", kind: "apple-app-password", options: {} },
  { name: "NOTARY_API_KEY", kind: "apple-api-key", options: {} },
  { name: "NPM_TOKEN", kind: "npm-token", options: {} },
  { name: "HOMEBREW_TAP_TOKEN", kind: "github-token", options: {} },
  { name: "PARCA_TOKEN", kind: "polarsignals-token", options: {} },
  { name: "DOCKER_PASSWORD", kind: "docker-login", options: { username: "DOCKER_USERNAME" } },
];

export class ExpectationError extends Fault {
  override readonly name = "ExpectationError";
}

/** @throws ExpectationError naming every line that is none. */
export function readExpectations(lines: readonly string[]): Expectation[] {
  const complaints: string[] = [];
  const expectations = lines.flatMap((line) => {
    const read = readLine(line);
    if (typeof read !== "string") return [read];
    complaints.push(`input \`expect\`: "${line}": ${read}`);
    return [];
  });
  const names = expectations.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) complaints.push(`input \`expect\`: ${twice} is expected twice`);
  if (complaints.length > 0) {
    throw new ExpectationError(complaints.join("\n"), { advice: "Write one `NAME: kind option=value ...` a line." });
  }
  return expectations;
}

/** What is expected of the secrets that workflows use: the kind where the name tells it, else only content. */
export function expectationsFor(used: readonly string[]): Expectation[] {
  const partners = KNOWN_NAMES.filter(({ name }) => used.includes(name)).flatMap(partnersOf);
  return [...new Set(used)]
    .filter((name) => !partners.includes(name))
    .sort()
    .map((name) => KNOWN_NAMES.find((known) => known.name === name) ?? { name, kind: "nonempty", options: {} });
}

/** The other secrets that are read together with one. */
export function partnersOf({ options }: Expectation): string[] {
  return PARTNERS.flatMap((option) => options[option] ?? []);
}

function readLine(line: string): Expectation | string {
  const [, name = "", rest = ""] = /^([A-Za-z_][A-Za-z0-9_]*)\s*:\s*(.+)$/.exec(line) ?? [];
  if (name === "") return "expected NAME: kind";
  const [word = "", ...assignments] = rest.split(/\s+/);
  const kind = KINDS.find((candidate) => candidate === word);
  if (kind === undefined) return `"${word}" is no kind, expected one of ${KINDS.join(", ")}`;
  const options: Record<string, string> = {};
  for (const assignment of assignments) {
    const [, option = "", value = ""] = /^([a-z]+)=(.+)$/.exec(assignment) ?? [];
    if (!OPTIONS[kind].includes(option)) {
      const known = OPTIONS[kind].map((candidate) => `${candidate}=...`).join(", ");
      return `"${assignment}" is no option of ${kind}, expected ${known === "" ? "none" : known}`;
    }
    options[option] = value;
  }
  if (kind === "docker-login" && options["username"] === undefined) return "docker-login needs username=NAME";
  return { name, kind, options };
}
