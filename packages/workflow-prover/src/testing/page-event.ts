import type { Workflow } from "@release-actions/workflow";
import type { Random } from "./random.ts";

/** The contexts of an event, as GitHub's documentation describes them. */
export interface PageEvent {
  readonly github: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly vars: Readonly<Record<string, unknown>>;
}

/** The values that determine an event. */
export interface Parts {
  readonly event: string;
  readonly kind: "branch" | "tag";
  readonly name: string;
  readonly base: string;
  readonly head: string;
  readonly number: number;
  readonly action: string | undefined;
  readonly merged: boolean;
  readonly isFork: boolean;
  readonly repository: string;
  readonly fork: string;
  readonly repositoryIsFork: boolean;
  readonly headIsFork: boolean;
  readonly defaultBranch: string;
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly cron: string;
  readonly actor: string;
  readonly tagOfRelease: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly vars: Readonly<Record<string, unknown>>;
}

const NAMES = ["main", "dev", "release/1", "v1", "v1.2", "topic-rc", "v2.0-rc", "other"];

/** Random parts, mostly with values that conditions could test. */
export function randomParts(event: string, types: readonly string[], crons: readonly string[], random: Random): Parts {
  const action = types.length === 0 ? undefined : random.pick(types);
  return {
    event,
    kind: random.pick(["branch", "tag"]),
    name: random.pick(NAMES),
    base: random.pick(NAMES),
    head: random.pick(NAMES),
    number: 1 + random.below(3),
    action,
    merged: action === "closed" && random.chance(50),
    isFork: random.chance(50),
    repository: random.pick(["org/app", "org/other", "me/app"]),
    fork: random.pick(["fork/app", "fork/other"]),
    repositoryIsFork: random.chance(30),
    headIsFork: random.chance(80),
    defaultBranch: random.pick(NAMES),
    draft: random.chance(50),
    labels: ["ci", "docs"].filter(() => random.chance(50)),
    cron: crons.length === 0 ? "" : random.pick(crons),
    actor: random.pick(["octocat", "dependabot[bot]"]),
    tagOfRelease: random.pick(NAMES),
    inputs: { flag: random.chance(50), kind: random.pick(["a", "b"]) },
    vars: { X: random.pick(["", "a", "b"]), Y: random.pick(["", "a", "b"]) },
  };
}

/**
 * The contexts of an event.
 *
 * @returns undefined when a filter of `on` prevents the start of the workflow
 */
export function pageEvent(workflow: Workflow, parts: Parts): PageEvent | undefined {
  const trigger = workflow.triggers.find(({ event }) => event === parts.event);
  if (trigger === undefined) return undefined;
  const { filters } = trigger;
  const texts = (key: string): string[] | undefined =>
    filters.get(key).isPresent ? filters.get(key).texts() : undefined;
  const isPullRequest = /^pull_request/.test(parts.event);
  // "Events that trigger workflows", pull_request: by default opened, synchronize or reopened.
  const types = texts("types") ?? (isPullRequest ? ["opened", "synchronize", "reopened"] : undefined);
  if (types !== undefined && parts.action !== undefined && !types.includes(parts.action)) return undefined;
  // "Workflow syntax", on.push.<branches|tags>: if only one of them is defined, the other kind of ref does not start the workflow.
  if (parts.event === "push" && !passesRefFilters(texts, parts.kind, parts.name)) return undefined;
  if (
    (isPullRequest || parts.event === "merge_group") &&
    !passes(texts("branches"), texts("branches-ignore"), parts.base)
  )
    return undefined;
  return {
    github: { ...common(parts), ...refOf(parts), event: { ...payload(parts), ...repositoryOf(parts) } },
    // "Contexts reference", inputs: available to workflow_dispatch (and called workflows).
    inputs: parts.event === "workflow_dispatch" ? parts.inputs : {},
    vars: parts.vars,
  };
}

function common(parts: Parts): Record<string, unknown> {
  const isPullRequest = parts.event === "pull_request" || parts.event === "pull_request_target";
  return {
    event_name: parts.event,
    repository: parts.repository,
    repository_owner: parts.repository.split("/")[0],
    actor: parts.actor,
    // "Contexts reference", github.base_ref and head_ref: only for pull_request and pull_request_target.
    base_ref: isPullRequest ? parts.base : "",
    head_ref: isPullRequest ? parts.head : "",
  };
}

/** The ref of the event ("Events that trigger workflows", column GITHUB_REF). */
function refOf(parts: Parts): Record<string, unknown> {
  const branch = (name: string) => ({ ref: `refs/heads/${name}`, ref_name: name, ref_type: "branch" });
  const tag = (name: string) => ({ ref: `refs/tags/${name}`, ref_name: name, ref_type: "tag" });
  switch (parts.event) {
    case "push":
    case "workflow_dispatch":
      return parts.kind === "branch" ? branch(parts.name) : tag(parts.name);
    case "pull_request":
      if (parts.merged) return branch(parts.base);
      return { ref: `refs/pull/${parts.number}/merge`, ref_name: `${parts.number}/merge`, ref_type: "branch" };
    case "pull_request_target":
      return branch(parts.base);
    case "release":
      return tag(parts.tagOfRelease);
    case "merge_group":
      return branch(`gh-readonly-queue/${parts.base}/pr-${parts.number}-0123abcd`);
    default:
      return branch(parts.defaultBranch);
  }
}

/** The payload of the event ("Webhook events and payloads"). */
function payload(parts: Parts): Record<string, unknown> {
  switch (parts.event) {
    case "pull_request":
    case "pull_request_target":
      return {
        action: parts.action,
        number: parts.number,
        pull_request: {
          number: parts.number,
          draft: parts.draft,
          merged: parts.merged,
          state: parts.action === "closed" ? "closed" : "open",
          labels: parts.labels.map((name) => ({ name })),
          base: { ref: parts.base, repo: { full_name: parts.repository } },
          head: {
            ref: parts.head,
            repo: {
              full_name: parts.isFork ? parts.fork : parts.repository,
              fork: parts.isFork ? parts.headIsFork : parts.repositoryIsFork,
            },
          },
        },
      };
    case "schedule":
      return { schedule: parts.cron };
    case "workflow_dispatch":
      // The payload contains all inputs as strings.
      return { inputs: Object.fromEntries(Object.entries(parts.inputs).map(([key, value]) => [key, String(value)])) };
    case "release":
    case "merge_group":
      return { action: parts.action };
    default:
      return {};
  }
}

function repositoryOf(parts: Parts): Record<string, unknown> {
  return {
    repository: { full_name: parts.repository, default_branch: parts.defaultBranch, fork: parts.repositoryIsFork },
  };
}

function passesRefFilters(texts: (key: string) => string[] | undefined, kind: "branch" | "tag", name: string): boolean {
  const own = kind === "branch" ? "branches" : "tags";
  const other = kind === "branch" ? "tags" : "branches";
  const isFiltered = (key: string): boolean => texts(key) !== undefined || texts(`${key}-ignore`) !== undefined;
  if (!isFiltered(own)) return !isFiltered(other);
  return passes(texts(own), texts(`${own}-ignore`), name);
}

/** Whether the filters accept a name ("Workflow syntax", filter patterns): the order matters, and a pattern with `!` excludes earlier matches. */
function passes(only: readonly string[] | undefined, ignored: readonly string[] | undefined, name: string): boolean {
  if (only === undefined)
    return ignored === undefined || !ignored.some((pattern) => filterExpression(pattern).test(name));
  return only.reduce(
    (included, pattern) =>
      pattern.startsWith("!")
        ? included && !filterExpression(pattern.slice(1)).test(name)
        : included || filterExpression(pattern).test(name),
    false,
  );
}

/** Converts a filter pattern to a regular expression ("Filter pattern cheat sheet"). */
function filterExpression(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*|\[[^\]]*\]|[+?])/)
    .map((part) => {
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      return /^[[+?]/.test(part) ? part : part.replaceAll(/[.()|^$\\{}]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^(?:${source})$`);
}
