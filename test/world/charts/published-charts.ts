import type { GoPin } from "../bring.ts";

/** A chart inside a published Go module. */
export interface PublishedChart extends GoPin {
  readonly folder: string;
  /**
   * `helm`: neither version packs it, and our reason does not matter. `us`: Helm packs it, but we refuse it for this
   * reason, which `helm lint` reports, or because a registry does not accept it, or because it is not a release. Absent:
   * all three pack it in the same way.
   */
  readonly refused?: { readonly by: "helm" | "us"; readonly because: string };
}

type Refused = PublishedChart["refused"];

const byHelm = (because: string): Refused => ({ by: "helm", because });
const byUs = (because: string): Refused => ({ by: "us", because });

const charts = (pin: GoPin, folders: Readonly<Record<string, Refused | "packs">>): readonly PublishedChart[] =>
  Object.entries(folders).map(([folder, refused]) => ({
    ...{ ...pin, folder },
    ...(refused === "packs" || refused === undefined ? {} : { refused }),
  }));

/** The verdicts were worked out by hand, with `helm package` and `helm lint` of both versions. */
export const CHARTS: readonly PublishedChart[] = [
  ...charts(
    { module: "sigs.k8s.io/metrics-server", version: "v0.9.0", sum: "h1:nlqqZ2H0Xfko8eJC/1qaNVVT17hu4rxndkOi22KTZ4w=" },
    {
      "charts/metrics-server": "packs",
    },
  ),
  ...charts(
    {
      module: "github.com/bitnami-labs/sealed-secrets",
      version: "v0.40.0",
      sum: "h1:rvCP35JL8ZV5LNA2SrwNR6iLyoM3ulrSFWN0lBtYEYI=",
    },
    {
      "helm/sealed-secrets": "packs",
    },
  ),
  ...charts(
    { module: "sigs.k8s.io/kueue", version: "v0.17.0", sum: "h1:7hzb38M4eKGzYW+CFv2s1L+swzzacUCHOCXxZmAV90I=" },
    {
      "charts/kueue": "packs",
    },
  ),
  ...charts(
    {
      module: "github.com/cert-manager/trust-manager",
      version: "v0.25.0",
      sum: "h1:nGtkHH9wEacI5uACdsq8wqCKWsCw1PMrwHPJcrUFUXA=",
    },
    {
      "deploy/charts/trust-manager": "packs",
    },
  ),
  ...charts(
    {
      module: "github.com/cert-manager/approver-policy",
      version: "v0.28.0",
      sum: "h1:tZNWjYkGd5+Cs9qflP4xkzml5pWTserC4AEWI9omPZA=",
    },
    {
      "deploy/charts/approver-policy": "packs",
    },
  ),
  ...charts(
    { module: "go.universe.tf/metallb", version: "v0.16.2", sum: "h1:RCSAGoZmqcvTg0e56+Okbwz8iTuQVX30JpKX5mYEPUM=" },
    {
      "charts/metallb": "packs",
    },
  ),
  ...charts(
    {
      module: "github.com/aquasecurity/trivy",
      version: "v0.74.0",
      sum: "h1:B2/h1Aehsq/zykg0jxpWUlOX7e3UXpbxjZZs/0vNlC4=",
    },
    {
      "helm/trivy": "packs",
    },
  ),
  ...charts(
    {
      module: "github.com/chaos-mesh/chaos-mesh",
      version: "v0.9.1-0.20260902003049-47411975a8cb",
      sum: "h1:0TeWmCELKreoLAXuoPaO2qpJe73foDgOoyU3fdKQN4A=",
    },
    {
      "helm/chaos-mesh": "packs",
    },
  ),
  ...charts(
    { module: "github.com/dapr/dapr", version: "v1.14.0", sum: "h1:SIQsNX1kH31JRDIS4k8IZ6eomM/BAcOP844PhQIT+BQ=" },
    {
      "charts/dapr": "packs",
    },
  ),
  ...charts(
    {
      module: "github.com/external-secrets/external-secrets",
      version: "v1.3.2",
      sum: "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=",
    },
    {
      "deploy/charts/external-secrets": byHelm(
        "found in Chart.yaml, but missing in charts/ directory: bitwarden-sdk-server",
      ),
    },
  ),
  ...charts(
    { module: "helm.sh/helm/v4", version: "v4.3.2", sum: "h1:zdd8DgKTlLrlYIzdoAntDHLH0V3RkgNIpQ3yjzuD84M=" },
    {
      "internal/chart/v3/loader/testdata/albatross": byUs("has no `apiVersion`"),
      "internal/chart/v3/loader/testdata/frobnitz.v3.reqs": byUs('has the apiVersion "v3", expected v2'),
      "internal/chart/v3/loader/testdata/frobnitz": byUs('has the apiVersion "v3", expected v2'),
      "internal/chart/v3/loader/testdata/frobnitz_backslash": byUs('has the apiVersion "v3", expected v2'),
      "internal/chart/v3/loader/testdata/frobnitz_with_bom": byUs('has the apiVersion "v3", expected v2'),
      "internal/chart/v3/loader/testdata/frobnitz_with_dev_null": byUs('has the apiVersion "v3", expected v2'),
      "internal/chart/v3/loader/testdata/frobnitz_with_symlink": byUs('has the apiVersion "v3", expected v2'),
      "internal/chart/v3/loader/testdata/mariner": byUs('has the apiVersion "v3", expected v2'),
      "pkg/action/testdata/charts/chart-missing-deps": byHelm(
        "found in Chart.yaml, but missing in charts/ directory: mariadb",
      ),
      "pkg/action/testdata/charts/chart-with-compressed-dependencies": byUs("has no `apiVersion`"),
      "pkg/action/testdata/charts/chart-with-lock": "packs",
      "pkg/action/testdata/charts/chart-with-no-templates-dir": "packs",
      "pkg/action/testdata/charts/chart-with-schema-negative": "packs",
      "pkg/action/testdata/charts/chart-with-schema": "packs",
      "pkg/action/testdata/charts/chart-with-uncompressed-dependencies": byUs("has no `apiVersion`"),
      "pkg/action/testdata/charts/chart-with-uncompressed-dependencies/charts/mariadb": byUs("has no `apiVersion`"),
      "pkg/action/testdata/charts/decompressedchart": "packs",
      "pkg/action/testdata/charts/multiplecharts-lint-chart-1": byUs(
        'the version of the chart multiplecharts-lint-chart-1 is "1", expected a semantic version such as 1.7.4 or 1.8.',
      ),
      "pkg/action/testdata/charts/multiplecharts-lint-chart-2": byUs(
        'the version of the chart multiplecharts-lint-chart-2 is "1", expected a semantic version such as 1.7.4 or 1.8.',
      ),
      "pkg/chart/v2/lint/rules/testdata/albatross": "packs",
      "pkg/chart/v2/lint/rules/testdata/anotherbadchartfile": byHelm(
        'validation: chart.metadata.version "7.2445e+06" is invalid',
      ),
      "pkg/chart/v2/lint/rules/testdata/badchartfile": byHelm("validation: chart.metadata.name is required"),
      "pkg/chart/v2/lint/rules/testdata/badchartname": byHelm(
        'validation: chart.metadata.name "../badchartname" is invalid',
      ),
      "pkg/chart/v2/lint/rules/testdata/badcrdfile": "packs",
      "pkg/chart/v2/lint/rules/testdata/badvaluesfile": byHelm(
        "cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: c",
      ),
      "pkg/chart/v2/lint/rules/testdata/goodone": "packs",
      "pkg/chart/v2/lint/rules/testdata/invalidchartfile": byUs("Chart.yaml:3: Map keys must be unique"),
      "pkg/chart/v2/lint/rules/testdata/invalidcrdsdir": "packs",
      "pkg/chart/v2/lint/rules/testdata/malformed-template": "packs",
      "pkg/chart/v2/lint/rules/testdata/multi-template-fail": "packs",
      "pkg/chart/v2/lint/rules/testdata/v3-fail": "packs",
      "pkg/chart/v2/lint/rules/testdata/withsubchart": "packs",
      "pkg/chart/v2/loader/testdata/albatross": byUs("has no `apiVersion`"),
      "pkg/chart/v2/loader/testdata/frobnitz.v1": "packs",
      "pkg/chart/v2/loader/testdata/frobnitz.v2.reqs": "packs",
      "pkg/chart/v2/loader/testdata/frobnitz": "packs",
      "pkg/chart/v2/loader/testdata/frobnitz_backslash": "packs",
      "pkg/chart/v2/loader/testdata/frobnitz_with_bom": "packs",
      "pkg/chart/v2/loader/testdata/frobnitz_with_dev_null": "packs",
      "pkg/chart/v2/loader/testdata/frobnitz_with_symlink": "packs",
      "pkg/chart/v2/loader/testdata/mariner": "packs",
      "pkg/chart/v2/util/testdata/chart-with-dependency-aliased-twice": "packs",
      "pkg/chart/v2/util/testdata/chart-with-import-from-aliased-dependencies": "packs",
      "pkg/chart/v2/util/testdata/dependent-chart-alias": "packs",
      "pkg/chart/v2/util/testdata/dependent-chart-helmignore": "packs",
      "pkg/chart/v2/util/testdata/dependent-chart-no-requirements-yaml": "packs",
      "pkg/chart/v2/util/testdata/dependent-chart-with-all-in-requirements-yaml": "packs",
      "pkg/chart/v2/util/testdata/dependent-chart-with-mixed-requirements-yaml": "packs",
      "pkg/chart/v2/util/testdata/dotdotname": byHelm('validation: chart.metadata.name ".." is not allowed'),
      "pkg/chart/v2/util/testdata/dotname": byHelm('validation: chart.metadata.name "." is not allowed'),
      "pkg/chart/v2/util/testdata/frobnitz": "packs",
      "pkg/chart/v2/util/testdata/import-values-from-enabled-subchart/parent-chart": "packs",
      "pkg/chart/v2/util/testdata/import-values-from-enabled-subchart/parent-chart/envs/dev": "packs",
      "pkg/chart/v2/util/testdata/import-values-from-enabled-subchart/parent-chart/envs/prod": "packs",
      "pkg/chart/v2/util/testdata/joonix": "packs",
      "pkg/chart/v2/util/testdata/slashinname": byHelm('validation: chart.metadata.name "a/../b" is invalid'),
      "pkg/chart/v2/util/testdata/subpop": "packs",
      "pkg/chart/v2/util/testdata/subpop/noreqs": "packs",
      "pkg/chart/v2/util/testdata/three-level-dependent-chart/umbrella": "packs",
      "pkg/cmd/testdata/testcharts/alpine": "packs",
      "pkg/cmd/testdata/testcharts/chart-bad-requirements": byHelm(
        "cannot load Chart.yaml: error converting YAML to JSON: yaml: line 6: did not find expected '-' indicator",
      ),
      "pkg/cmd/testdata/testcharts/chart-bad-type": byHelm(
        "validation: chart.metadata.type must be application or library",
      ),
      "pkg/cmd/testdata/testcharts/chart-missing-deps": byHelm(
        "found in Chart.yaml, but missing in charts/ directory: reqsubchart2",
      ),
      "pkg/cmd/testdata/testcharts/chart-with-bad-subcharts": byHelm(
        "error unpacking subchart bad-subchart in chart-with-bad-subcharts: validation: chart.metadata.name is required",
      ),
      "pkg/cmd/testdata/testcharts/chart-with-deprecated-api": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-lib-dep": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-only-crds": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-schema-and-subchart": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-schema-negative-skip-validation": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-schema-negative": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-schema": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-secret": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-subchart-notes": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-subchart-update": byUs(
        'the chart depends on subchart-with-notes from "file://../chart-with-subchart-notes/charts", but Chart.lock has',
      ),
      "pkg/cmd/testdata/testcharts/chart-with-template-lib-archive-dep": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-template-lib-dep": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-template-with-invalid-template-expr": "packs",
      "pkg/cmd/testdata/testcharts/chart-with-template-with-invalid-yaml": "packs",
      "pkg/cmd/testdata/testcharts/deprecated": "packs",
      "pkg/cmd/testdata/testcharts/empty": "packs",
      "pkg/cmd/testdata/testcharts/issue-7233": byHelm("found in Chart.yaml, but missing in charts/ directory: alpine"),
      "pkg/cmd/testdata/testcharts/issue-9027": "packs",
      "pkg/cmd/testdata/testcharts/issue1979": "packs",
      "pkg/cmd/testdata/testcharts/lib-chart": byHelm("validation: chart.metadata.type must be application or library"),
      "pkg/cmd/testdata/testcharts/object-order": "packs",
      "pkg/cmd/testdata/testcharts/reqtest": byUs(
        'the chart depends on reqsubchart from "https://example.com/charts", but Chart.lock does not have it: run `helm',
      ),
      "pkg/cmd/testdata/testcharts/signtest": "packs",
      "pkg/cmd/testdata/testcharts/signtest/alpine": "packs",
      "pkg/cmd/testdata/testcharts/subchart": "packs",
      "pkg/cmd/testdata/testcharts/test": "packs",
      "pkg/cmd/testdata/testcharts/test1": "packs",
      "pkg/downloader/testdata/local-subchart": byUs("has no `apiVersion`"),
      "pkg/downloader/testdata/signtest": "packs",
      "pkg/downloader/testdata/signtest/alpine": "packs",
      "pkg/provenance/testdata/hashtest": "packs",
      "pkg/repo/v1/repotest/testdata/examplechart": "packs",
    },
  ),
  ...charts(
    {
      module: "istio.io/istio",
      version: "v0.0.0-20260827124520-eed52ebb66ad",
      sum: "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=",
    },
    {
      "manifests/charts/base": "packs",
      "manifests/charts/default": "packs",
      "manifests/charts/gateway": "packs",
      "manifests/charts/gateways/istio-egress": "packs",
      "manifests/charts/gateways/istio-ingress": "packs",
      "manifests/charts/istio-cni": "packs",
      "manifests/charts/istio-control/istio-discovery": "packs",
      "manifests/charts/ztunnel": "packs",
      "manifests/sample-charts/ambient": byHelm(
        "found in Chart.yaml, but missing in charts/ directory: base, cni, istiod, ztunnel",
      ),
      "samples/ambient-argo/tag-chart": "packs",
    },
  ),
  ...charts(
    {
      module: "k8s.io/ingress-nginx",
      version: "v0.0.0-20240708192948-52c50467d67d",
      sum: "h1:tZui5g6S4GO1hxLm6yrEoIXLkl4QfeGytlmZqZ+DmdQ=",
    },
    {
      "charts/ingress-nginx": "packs",
    },
  ),
  ...charts(
    { module: "sigs.k8s.io/descheduler", version: "v0.36.0", sum: "h1:fBemfJD1RhmbsdH94lKwGMOwQcbsrw67A5IK2c2fANA=" },
    {
      "charts/descheduler": "packs",
    },
  ),
];
