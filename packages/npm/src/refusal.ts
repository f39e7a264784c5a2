import { DIRECT_TOKENS_END, STAGING_NPM } from "./npm-facts.ts";
import { approveCommand, listCommand } from "./stage.ts";

/** What a refusal means for the release. */
export type RefusalKind =
  /** A fault of the registry or the network; a retry may succeed. */
  | "transient"
  /** This credential may stage but not publish directly. */
  | "must-stage"
  /** The version number is taken: a staged version waits for approval, or the registry has not finished processing an upload. */
  | "staged-before"
  /** The version is public. */
  | "published-before"
  | "final";

/** The explanation of a failed request to npm. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** The reason in one sentence; undefined when only npm's own message is known. */
  readonly cause: string | undefined;
  readonly advice: string | undefined;
}

/** npm's report of a failed request. */
export interface NpmFailure {
  /** `E409`, `ECONNRESET`; empty when it gave none. */
  readonly code: string;
  readonly summary: string;
}

/** The request that npm refused. */
export interface RefusedRequest {
  readonly name: string;
  readonly version: string;
  readonly action: "publish" | "stage" | "dist-tag";
  readonly credential: "token" | "identity";
  /** Whether anything was ever published under the name. */
  readonly exists: boolean;
  /** `acme/widget/.github/workflows/release.yml`, the file that was started. */
  readonly workflow?: string | undefined;
  /** The id of the staged version, when it is known. */
  readonly stageId?: string | undefined;
}

interface Rule {
  readonly code: RegExp;
  readonly words?: RegExp;
  readonly when?: (request: RefusedRequest) => boolean;
  /** By default `final`. */
  readonly kind?: RefusalKind;
  readonly cause?: (request: RefusedRequest) => string;
  readonly advice?: (request: RefusedRequest) => string;
}

const TRANSIENT =
  /^(E(408|425|429|5\d\d)|ECONN\w+|E\w*TIMEOUT|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|ENETUNREACH|EHOSTUNREACH|ERR_\w*SOCKET\w*|FETCH_ERROR)$/;

const trusted = ({ credential }: RefusedRequest): boolean => credential === "identity";

const TOKENS_END =
  `Tokens that bypass two-factor authentication publish directly until ${DIRECT_TOKENS_END} only: ` +
  "set up this workflow as a trusted publisher, or use `publish: stage`, for which no token needs to bypass it.";

/** The rules, in the order in which they are tried: those that match the registry's message come before those that match only the status. */
const RULES: readonly Rule[] = [
  {
    code: /^E409$/,
    words: /over previously staged version|stage previously (staged|published) version/i,
    kind: "staged-before",
    cause: ({ name, version }) => `${name}@${version} is staged already, or its upload to the registry is not finished`,
    advice: ({ name, stageId }) =>
      `A maintainer finds it with \`${listCommand(name)}\` and approves it with \`${approveCommand(stageId ?? "<stage-id>")}\`, or rejects it ` +
      "with `npm stage reject`, after which this job can run again. When the list does not show it, the registry keeps the number without a package (npm/cli#9889): raise the version.",
  },
  {
    code: /^(E403|E409|EPUBLISHCONFLICT|)$/,
    words: /cannot (publish over|modify) (the )?(previously published|pre-?existing) version/i,
    kind: "published-before",
    cause: ({ name, version }) => `${name}@${version} was published before`,
    advice: () =>
      "A published version does not change, and a number that was unpublished cannot be used again: raise the version.",
  },
  { code: /^E409$/, kind: "transient" },
  {
    code: /^E403$/,
    words: /OIDC permission denied/i,
    when: ({ action }) => action === "publish",
    kind: "must-stage",
    cause: ({ name }) => `the trusted publisher of ${name} may not publish directly`,
    advice: ({ name }) =>
      `Use \`publish: stage\` (or \`auto\`), or tick "Allow npm publish" under Settings, Trusted Publisher, Allowed actions of ${name}. ` +
      'Publishers made since 2026-09-03 may only stage until that is ticked. The registry says the same when "Publishing access" of an old package keeps trusted publishers out.',
  },
  {
    code: /^E403$/,
    words: /OIDC permission denied/i,
    cause: ({ name, action }) =>
      `the trusted publisher of ${name} may not ${action === "stage" ? "stage" : "move dist-tags"}`,
    advice: ({ name }) =>
      `Tick "Allow npm stage publish" under Settings, Trusted Publisher, Allowed actions of ${name}, and check its "Publishing access".`,
  },
  {
    code: /^(E403|E_STAGE_REQUIRED)$/,
    words: /E_STAGE_REQUIRED|stage[- ]only|npm stage publish/i,
    kind: "must-stage",
    cause: () => "the token may only stage, not publish directly (read and write, stage only)",
    advice: () => "Use `publish: stage` (or `auto`): the token may do that.",
  },
  {
    code: /^E403$/,
    words: /spam detection/i,
    cause: ({ name }) => `npm's spam filter refuses to create the name ${name}`,
    advice: ({ name }) =>
      `Names without a scope that contain \`win32\` are refused most often. Choose other names with \`platform-name\`, such as \`@acme/\${binary}-\${os}-\${cpu}\` or ` +
      `\`\${name}-windows-\${cpu}\`, or ask npm's support to allow ${name}; then run this job again: it continues where it stopped.`,
  },
  {
    code: /^EOTP$/,
    when: ({ action }) => action !== "dist-tag",
    kind: "must-stage",
    cause: ({ exists, name }) =>
      exists
        ? "the account asks for a one-time password, which a job cannot give"
        : `the account asks for a one-time password to create ${name}, also for tokens that otherwise bypass it`,
    advice: ({ exists }) =>
      `Use \`publish: stage\` (or \`auto\`), which needs no second factor${exists ? "" : "; npm then shows a placeholder 0.0.0-stage until the version is approved"}. ${TOKENS_END}`,
  },
  {
    code: /^EOTP$/,
    cause: () => "the account asks for a one-time password to move a dist-tag",
    advice: () =>
      "Let a maintainer move it with `npm dist-tag add`, or use an npm that can move tags with the job's identity.",
  },
  {
    code: /^E422$/,
    words: /provenance/i,
    cause: () => "the registry refuses the provenance",
    advice: () => "Compare the `repository` field of the package with the name of this repository, capitals too.",
  },
  {
    code: /^E404$/,
    when: ({ action, exists }) => action === "stage" && !exists,
    cause: ({ name }) => `${name} does not exist, and the registry does not create it by staging with this credential`,
    advice: ({ name }) =>
      `Let a maintainer publish ${name} once with \`npm publish\`, or give the token write access to its scope.`,
  },
  {
    code: /^(E401|E404|ENEEDAUTH)$/,
    when: trusted,
    cause: ({ name }) => `the registry does not recognize this job as a trusted publisher of ${name}`,
    advice: ({ workflow }) => trustAdvice(workflow),
  },
  {
    code: /^E401$/,
    cause: () => "the registry does not accept the token",
    advice: () => `It was revoked, has expired or belongs to another registry. ${TOKENS_END}`,
  },
  {
    code: /^E404$/,
    cause: ({ name }) => `the token may not publish ${name}, or its scope does not exist`,
    advice: () => "npm answers 404 and not 403 to a token without write access: give it the package or the scope.",
  },
  {
    code: /^E403$/,
    when: trusted,
    advice: ({ workflow }) => trustAdvice(workflow),
  },
  {
    code: /^E403$/,
    cause: ({ name }) => `the token may not publish ${name}`,
    advice: () =>
      "Check its scopes, who the package's maintainers are, and the package's Publishing access: \"disallow tokens\" excludes every token, except for staging.",
  },
  { code: TRANSIENT, kind: "transient" },
  {
    code: /^(EUNKNOWNCOMMAND|EUSAGE|)$/,
    words: /unknown command:? "?stage/i,
    cause: () => "this npm has no `npm stage`",
    advice: () => `Set up npm ${STAGING_NPM} or newer.`,
  },
];

/** Explains npm's refusal and advises what to do. */
export function explainRefusal({ code, summary }: NpmFailure, request: RefusedRequest): Refusal {
  const rule = RULES.find(
    ({ code: codes, words, when }) =>
      codes.test(code) && (words === undefined || words.test(summary)) && (when === undefined || when(request)),
  );
  return { kind: rule?.kind ?? "final", cause: rule?.cause?.(request), advice: rule?.advice?.(request) };
}

/**
 * Advises how to configure a trusted publisher on the registry so that it trusts this job (npm docs, "Trusted publishing").
 *
 * @param workflow `acme/widget/.github/workflows/release.yml`, with or without `@ref`.
 * @param environment of the job; empty when it has none, undefined when nobody knows.
 */
export function trustAdvice(workflow: string | undefined, environment?: string): string {
  const [owner, repository, file] =
    /^([^/]+)\/([^/]+)\/\.github\/workflows\/([^@]+)/.exec(workflow ?? "")?.slice(1) ?? [];
  const own =
    owner === undefined
      ? "owner, repository and file name of the workflow that was started"
      : `owner \`${owner}\`, repository \`${repository}\`, workflow \`${file}\``;
  const places: Readonly<Record<string, string>> = {
    "": "no environment",
    undefined: "the job's environment (leave it empty if the job has none)",
  };
  const place = places[`${environment}`] ?? `environment \`${environment}\``;
  return (
    `On the page of each package, under Settings, Trusted Publisher, fill in: ${own}, ${place}. Capitals count, and the workflow is the one that was started, ` +
    "not one that it calls. `npm trust github <package> --file <workflow> --repo <owner/repository> --allow-stage-publish` does the same."
  );
}
