import { describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { checkPins, NO_HISTORY, Repository } from "@release-actions/pins";
import { FileTree } from "../support/file-tree.ts";
import { bringGoModule, type GoPin, sample } from "./bring.ts";

interface Judged extends GoPin {
  /** Files that are left out, and the reason that a person found for each; every other one has to be read. */
  readonly unread: readonly RegExp[];
}

/** BuildKit's own tests of what its parser has to refuse, or reads without knowing what it means. */
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

/** Instructions of Kubernetes's own, which a script replaces before Docker sees the file. */
const REPLACED = [
  /test\/e2e_node\/conformance\/build\/Dockerfile:21: COPY_SYSTEM_SPEC_FILE is not a Dockerfile instruction/,
  ...Array.from(
    { length: 15 },
    () => /^test\/images\/.*Dockerfile:\d+: CROSS_BUILD_COPY is not a Dockerfile instruction/,
  ),
];

/** Large Go projects: their module zips hold workflows, Dockerfiles, compose files, makefiles and charts. */
const MODULES: readonly Judged[] = [
  go("github.com/moby/buildkit", "v0.24.0", "h1:qYfTl7W1SIJzWDIDCcPT8FboHIZCYfi++wvySi3eyFE=", PARSER_TESTS),
  go("github.com/moby/moby", "v28.4.0+incompatible", "h1:Rhu/o+7EaHGx0MV3KOouThtr3hY33m3aKyA6GDR2QmQ="),
  go("github.com/docker/buildx", "v0.29.0", "h1:lAo46FeLojGUkFLy8l296CPZPxPVkGWxOfuWP54Xtqw="),
  go("sigs.k8s.io/kind", "v0.30.0", "h1:2Xi1KFEfSMm0XDcvKnUt15ZfgRPCT0OnCBbpgh8DztY="),
  go("github.com/tektoncd/pipeline", "v1.4.0", "h1:xnR2T9yg4gDvUOh72cXbsJFdPJ23uWnculdLaitF96w="),
  go("github.com/prometheus/prometheus", "v0.306.0", "h1:Q0Pvz/ZKS6vVWCa1VSgNyNJlEe8hxdRlKklFg7SRhNw="),
  go("github.com/containerd/containerd/v2", "v2.1.0", "h1:lS6iJ/CwZrxYxKd6zWBz5LR7xOlMVQC78z68YtizUAM="),
  go("github.com/helm/helm", "v2.17.0+incompatible", "h1:0iy95yMXrfWpwaoOA9XRP+cTvitTrq+LcJV9DvR5n1Y="),
  go("github.com/dapr/dapr", "v1.15.0", "h1:aow8/QgOeTfra4TfVSO/YGDjrZAY7KyxKI9KwNS9voE="),
  go("github.com/hashicorp/terraform", "v1.13.0", "h1:wSpOj5RhaVH05MxVSdp7sNJ+iAHzc4UhwczQdoibL2s="),
  go("github.com/traefik/traefik/v3", "v3.5.0", "h1:LcEVhZkBC0uXp8vNwn+4zCWKmZTnPo95euw6ejmmWPk="),
  go("github.com/open-policy-agent/opa", "v1.8.0", "h1:4JdYuZcANeUF1v/87NGpirocpaZzJA0PcuL7xfmsMNM="),
  go("k8s.io/kubernetes", "v1.34.0", "h1:NvUrwPAVB4W3mSOpJ/RtNGHWWYyUP/xPaX5rUSpzA0w=", REPLACED),
  go("github.com/argoproj/argo-cd/v3", "v3.1.0", "h1:2+gPskQKCyPC9DzRSWQ1AvmS3WiIlRR7bKz/FO3DozI="),
  go("github.com/hashicorp/nomad", "v1.10.0", "h1:Qkj6j9sez9SAuxjqi8Eu6k2gKN1Db60ULhHc4oRoY5s="),
  go("github.com/grafana/loki/v3", "v3.5.0", "h1:WXv9EOTUrYXqrzgWT4srpp8HWrcHDVaEWDUd3UevyxY="),
  go("github.com/cilium/cilium", "v1.18.0", "h1:KdWgc6Jl5NmWpJGCRm69TogMgeZNFaCAxtPgBHtv33A="),
];

function go(module: string, version: string, sum: string, unread: readonly RegExp[] = []): Judged {
  return { module, version, sum, unread };
}

describe("pins-check reads workflows, Dockerfiles, pipelines, makefiles and charts of large projects", () => {
  test.each(sample(MODULES, 6).map((each) => [each.module, each] as const))(
    "%s",
    async (_name, each) => {
      using tree = new FileTree();
      await unpack(await bringGoModule(each), tree.root);
      const repository = new Repository(tree.root);
      const { unread, findings, notes } = await checkPins({
        ...{ repository, config: undefined, tag: undefined, only: [], today: "2026-11-20", history: NO_HISTORY },
        inspectImage: async () => undefined,
        imageDigest: async () => undefined,
      });
      const messages = unread.map(({ message }) => message).sort();
      const unexpected = messages.filter((message) => !each.unread.some((reason) => reason.test(message)));
      expect([unexpected, messages.length]).toEqual([[], each.unread.length]);
      // None of them is written in Rust, nor ships two versions of one image by mistake.
      expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(notes).toContain("There is no Cargo workspace here: versions and lock files are not compared.");
    },
    120_000,
  );
});

/** The files that are looked at, without the module's own folder; a whole zip would be mostly sources. */
const UNPACK = `
import os, re, sys, zipfile
wanted = re.compile(r"(^|/)([^/]*([Dd]ocker|[Cc]ontainer)file[^/]*|(docker-)?compose[^/]*\\.ya?ml|action\\.ya?ml|[^/]*\\.hcl|[^/]*[Mm]akefile[^/]*|Chart\\.yaml)$|^\\.github/")
with zipfile.ZipFile(sys.argv[1]) as archive:
    for name in archive.namelist():
        inner = name.split("@", 1)[1].split("/", 1)[1]
        if wanted.search(inner):
            target = os.path.join(sys.argv[2], inner)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as out:
                out.write(archive.read(name))
`;

async function unpack(zip: string, folder: string): Promise<void> {
  await runCommand("python3", ["-c", UNPACK, zip, folder]);
}
