import type { Location } from "@release-actions/report";
import { hasIdentity, type Job, parseYaml, type Workflow, YamlError, type YamlNode } from "@release-actions/workflow";

/** A job that publishes to npm with `npm-publish` or `release-npm.yml`, as far as the workflow file shows. */
export interface NpmJob {
  readonly location: Location & { readonly line: number };
  /** The packages that the file names; empty when only the plan or an expression has the names. */
  readonly packages: readonly NpmPackage[];
  readonly publish: "auto" | "direct" | "stage";
  /** The environment's name; empty when the job has none, undefined when it is computed at run time. */
  readonly environment: string | undefined;
  /** Whether it publishes with its OIDC identity: it has no token, but `id-token: write`. */
  readonly isTrustedPublisher: boolean;
  readonly isSelfHosted: boolean;
  /** Whether it uses the npm of GitHub's runner image, which may be this job's npm too. */
  readonly hasImagesNpm: boolean;
  /** Whether the packages are public. */
  readonly isPublic: boolean;
}

export interface NpmPackage {
  readonly name: string;
  /** A folder with the package's own package.json. */
  readonly base: string | undefined;
  /** The value of `repository` in `fields`. */
  readonly repository: unknown;
}

const ACTION = /\/npm-publish(?:@|$)/;
const WORKFLOW = /\/release-npm\.ya?ml(?:@|$)/;

export function findNpmJobs(workflows: readonly Workflow[]): readonly NpmJob[] {
  return workflows.flatMap(({ jobs }) => jobs.flatMap(npmJobsIn));
}

function npmJobsIn(job: Job): readonly NpmJob[] {
  if (WORKFLOW.test(job.uses ?? "")) {
    const secrets = job.node.get("secrets");
    const hasToken = secrets.text === "inherit" || secrets.get("NPM_TOKEN").isPresent;
    const given = job.node.get("with");
    return [npmJob(job, given, given.get("environment"), hasIdentity(job) && !hasToken)];
  }
  const steps = job.steps.filter(({ uses = "" }) => ACTION.test(uses));
  return steps.map(({ node }) => {
    const given = node.get("with");
    const environment = job.node.get("environment");
    const name = environment.isMap ? environment.get("name") : environment;
    return npmJob(job, given, name, hasIdentity(job) && !given.get("token").isPresent);
  });
}

function npmJob(job: Job, given: YamlNode, environment: YamlNode, isTrustedPublisher: boolean): NpmJob {
  const publish = given.get("publish").text;
  const runner = given.get("runner").text ?? "";
  return {
    location: job.location,
    packages: packagesOf(literal(given.get("packages")), literal(given.get("scope"))),
    publish: publish === "direct" || publish === "stage" ? publish : "auto",
    environment: environment.isPresent ? literal(environment) : "",
    isTrustedPublisher,
    isSelfHosted: job.node.get("runs-on").texts().includes("self-hosted") || /\bself-hosted\b/.test(runner),
    hasImagesNpm:
      runner === "" &&
      !job.steps.some(({ uses = "", run = "" }) => /setup-node/.test(uses) || /npm (install|i) .*npm/.test(run)),
    isPublic: given.get("access").text !== "restricted" && !given.get("registry").isPresent,
  };
}

/** The text of a value; undefined when it contains an expression. */
function literal({ text }: YamlNode): string | undefined {
  return text?.includes("${{") ? undefined : text;
}

function packagesOf(text: string | undefined, scope: string | undefined): readonly NpmPackage[] {
  if (text === undefined || text.trim() === "") return [];
  try {
    return parseYaml(text, "the input `packages`")
      .items()
      .flatMap((entry): NpmPackage[] => {
        const name = entry.get("package").text;
        if (name === undefined) return [];
        const prefix = scope === undefined || name.startsWith("@") ? "" : `@${scope.replace(/^@/, "")}/`;
        const repository = entry.get("fields").get("repository").value;
        return [{ name: `${prefix}${name}`, base: entry.get("base").text, repository }];
      });
  } catch (error) {
    if (error instanceof YamlError) return []; // npm-publish reports this error with its location.
    throw error;
  }
}
