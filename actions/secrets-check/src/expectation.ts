import { Fault } from "@release-actions/report";

/** The kinds of secrets, each with its options. */
const OPTIONS = {
  p12: ["password", "identity"],
  "apple-app-password": [],
  "apple-api-key": [],
  "npm-token": ["registry"],
  "npm-stage-token": ["registry"],
  "npm-oidc": ["package", "publish", "environment"],
  "github-token": ["scopes", "permissions", "repository"],
  "github-app-id": [],
  "github-app-key": ["app-id", "permissions", "repository"],
  "docker-login": ["username", "registry", "repository"],
  "crates-token": [],
  "cosign-key": ["password"],
  "private-key": [],
  "scarf-token": [],
  "polarsignals-token": [],
  nonempty: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Kind = keyof typeof OPTIONS;

/** One line of `expect`. */
export interface Expectation {
  readonly name: string;
  readonly kind: Kind;
  /** The options by name. `PARTNERS` lists those whose value names another secret. */
  readonly options: Readonly<Record<string, string>>;
}

/** Options whose value is the name of another secret. */
const PARTNERS: readonly string[] = ["password", "identity", "username", "app-id"];

export class ExpectationError extends Fault {
  override readonly name = "ExpectationError";
}

/** @throws ExpectationError naming every invalid line. */
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
    throw new ExpectationError(complaints.join("\n"), { advice: "Write one `NAME: kind option=value ...` per line." });
  }
  return expectations;
}

/** The names of the other secrets that belong to a secret, such as its password. */
export function partnersOf({ options }: Expectation): string[] {
  return PARTNERS.flatMap((option) => options[option] ?? []);
}

/** The name of a secret, and those of the secrets that belong to it. */
export function namesOf(expectation: Expectation): string[] {
  return [expectation.name, ...partnersOf(expectation)];
}

function readLine(line: string): Expectation | string {
  const [, name = "", rest = ""] = /^([A-Za-z_][A-Za-z0-9_]*)\s*:\s*(.+)$/.exec(line) ?? [];
  if (name === "") return "expected NAME: kind";
  const [word = "", ...assignments] = rest.split(/\s+/);
  if (!isKind(word)) return `"${word}" is not a known kind, expected one of ${Object.keys(OPTIONS).join(", ")}`;
  const known: readonly string[] = OPTIONS[word];
  const options: Record<string, string> = {};
  for (const assignment of assignments) {
    const [, option = "", value = ""] = /^([a-z-]+)=(.+)$/.exec(assignment) ?? [];
    if (!known.includes(option)) {
      const expected = known.map((candidate) => `${candidate}=...`).join(", ") || "none";
      return `"${assignment}" is not an option of ${word}, expected ${expected}`;
    }
    options[option] = value;
  }
  if (options["publish"] !== undefined && !["auto", "direct", "stage"].includes(options["publish"]))
    return "npm-oidc takes publish=auto, publish=direct or publish=stage";
  if (word === "docker-login" && options["username"] === undefined) return "docker-login needs username=NAME";
  if (word === "github-app-key" && options["app-id"] === undefined) return "github-app-key needs app-id=NAME";
  return { name, kind: word, options };
}

function isKind(word: string): word is Kind {
  return Object.hasOwn(OPTIONS, word);
}
