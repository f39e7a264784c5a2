import { describe, expect, jest, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { checkPins, NO_HISTORY, Repository } from "@release-actions/pins";
import { bringGoModule, type GoPin, sample } from "./bring.ts";
import { goProject } from "./go-projects.ts";
import { unzip } from "./unzip.ts";

jest.setTimeout(120_000);

interface Judged extends GoPin {
  /** The files that are skipped, with the reason that a person found for each. Every other file must be read. */
  readonly unread: readonly RegExp[];
}

/** BuildKit's own tests of its parser, with files that it must refuse, or reads without checking their meaning. */
const PARSER_TESTS = [
  /testfiles-negative\/empty_dockerfile\/Dockerfile:1: there is no FROM/,
  /testfiles-negative\/env_no_value\/Dockerfile:3: ENV: expected name=value/,
  /testfiles-negative\/only_comments\/Dockerfile:1: there is no FROM/,
  /testfiles-negative\/shykes-nested-json\/Dockerfile:1: CMD comes before any FROM/,
  /testfiles\/env\/Dockerfile:12: the quote ' is never closed/,
  ...["double", ""].map(
    (name) => new RegExp(`jeztah-invalid-json-json-inside-string${name && `-${name}`}/Dockerfile:1: CMD`),
  ),
  ...["single-quotes", "unterminated-bracket", "unterminated-string"].map(
    (name) => new RegExp(`jeztah-invalid-json-${name}/Dockerfile:1: CMD comes before any FROM`),
  ),
  /testfiles\/json\/Dockerfile:1: CMD comes before any FROM/,
];

/** Placeholders of Kubernetes instead of instructions, which a script replaces before Docker reads the file. */
const REPLACED = [
  /test\/e2e_node\/conformance\/build\/Dockerfile:21: COPY_SYSTEM_SPEC_FILE is not a Dockerfile instruction/,
  ...Array.from(
    { length: 15 },
    () => /^test\/images\/.*Dockerfile:\d+: CROSS_BUILD_COPY is not a Dockerfile instruction/,
  ),
];

/** Large Go projects, each with the files that pins-check cannot read, which a person found. */
const MODULES: readonly Judged[] = [
  go("github.com/moby/buildkit", PARSER_TESTS),
  go("github.com/moby/moby"),
  go("github.com/docker/buildx"),
  go("sigs.k8s.io/kind"),
  go("github.com/tektoncd/pipeline"),
  go("github.com/prometheus/prometheus"),
  go("github.com/containerd/containerd/v2"),
  go("github.com/helm/helm"),
  go("github.com/dapr/dapr"),
  go("github.com/hashicorp/terraform"),
  go("github.com/traefik/traefik/v3"),
  go("github.com/open-policy-agent/opa"),
  go("k8s.io/kubernetes", REPLACED),
  go("github.com/argoproj/argo-cd/v3"),
  go("github.com/hashicorp/nomad"),
  go("github.com/grafana/loki/v3"),
  go("github.com/cilium/cilium"),
];

function go(module: string, unread: readonly RegExp[] = []): Judged {
  return { ...goProject(module), unread };
}

describe("pins-check reads workflows, Dockerfiles, pipelines, makefiles and charts of large projects", () => {
  test.each(sample(MODULES, 6).map((each) => [each.module, each] as const))("%s", async (_name, each) => {
    using tree = new FileTree();
    await unzip(await bringGoModule(each), LOOKED_AT, tree.root);
    const repository = new Repository(tree.root);
    const { unread, findings, notes } = await checkPins({
      ...{ repository, config: undefined, tag: undefined, only: [], today: "2026-11-20", history: NO_HISTORY },
      inspectImage: async () => undefined,
      imageDigest: async () => undefined,
    });
    const messages = unread.map(({ message }) => message).sort();
    const unexpected = messages.filter((message) => !each.unread.some((reason) => reason.test(message)));
    expect([unexpected, messages.length]).toEqual([[], each.unread.length]);
    // None of them is written in Rust, or uses two versions of one image by mistake.
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(notes).toContain("There is no Cargo workspace here: versions and lock files are not compared.");
  });
});

/** The files that are unpacked. The rest of a zip is mostly sources. */
const LOOKED_AT = String.raw`(^|/)([^/]*([Dd]ocker|[Cc]ontainer)file[^/]*|(docker-)?compose[^/]*\.ya?ml|action\.ya?ml|[^/]*\.hcl|[^/]*[Mm]akefile[^/]*|Chart\.yaml)$|^\.github/`;
