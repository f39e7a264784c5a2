import type { GoPin } from "./bring.ts";

/** Large Go projects, whose module zips contain workflows, Dockerfiles, compose files, makefiles and charts. */
const PINS: readonly (readonly [module: string, version: string, sum: string])[] = [
  ["github.com/moby/buildkit", "v0.24.0", "h1:qYfTl7W1SIJzWDIDCcPT8FboHIZCYfi++wvySi3eyFE="],
  ["github.com/moby/moby", "v28.4.0+incompatible", "h1:Rhu/o+7EaHGx0MV3KOouThtr3hY33m3aKyA6GDR2QmQ="],
  ["github.com/docker/buildx", "v0.29.0", "h1:lAo46FeLojGUkFLy8l296CPZPxPVkGWxOfuWP54Xtqw="],
  ["sigs.k8s.io/kind", "v0.30.0", "h1:2Xi1KFEfSMm0XDcvKnUt15ZfgRPCT0OnCBbpgh8DztY="],
  ["github.com/tektoncd/pipeline", "v1.4.0", "h1:xnR2T9yg4gDvUOh72cXbsJFdPJ23uWnculdLaitF96w="],
  ["github.com/prometheus/prometheus", "v0.306.0", "h1:Q0Pvz/ZKS6vVWCa1VSgNyNJlEe8hxdRlKklFg7SRhNw="],
  ["github.com/containerd/containerd/v2", "v2.1.0", "h1:lS6iJ/CwZrxYxKd6zWBz5LR7xOlMVQC78z68YtizUAM="],
  ["github.com/helm/helm", "v2.17.0+incompatible", "h1:0iy95yMXrfWpwaoOA9XRP+cTvitTrq+LcJV9DvR5n1Y="],
  ["github.com/dapr/dapr", "v1.15.0", "h1:aow8/QgOeTfra4TfVSO/YGDjrZAY7KyxKI9KwNS9voE="],
  ["github.com/hashicorp/terraform", "v1.13.0", "h1:wSpOj5RhaVH05MxVSdp7sNJ+iAHzc4UhwczQdoibL2s="],
  ["github.com/traefik/traefik/v3", "v3.5.0", "h1:LcEVhZkBC0uXp8vNwn+4zCWKmZTnPo95euw6ejmmWPk="],
  ["github.com/open-policy-agent/opa", "v1.8.0", "h1:4JdYuZcANeUF1v/87NGpirocpaZzJA0PcuL7xfmsMNM="],
  ["k8s.io/kubernetes", "v1.34.0", "h1:NvUrwPAVB4W3mSOpJ/RtNGHWWYyUP/xPaX5rUSpzA0w="],
  ["github.com/argoproj/argo-cd/v3", "v3.1.0", "h1:2+gPskQKCyPC9DzRSWQ1AvmS3WiIlRR7bKz/FO3DozI="],
  ["github.com/hashicorp/nomad", "v1.10.0", "h1:Qkj6j9sez9SAuxjqi8Eu6k2gKN1Db60ULhHc4oRoY5s="],
  ["github.com/grafana/loki/v3", "v3.5.0", "h1:WXv9EOTUrYXqrzgWT4srpp8HWrcHDVaEWDUd3UevyxY="],
  ["github.com/cilium/cilium", "v1.18.0", "h1:KdWgc6Jl5NmWpJGCRm69TogMgeZNFaCAxtPgBHtv33A="],
  ["github.com/caddyserver/caddy/v2", "v2.10.2", "h1:g/gTYjGMD0dec+UgMw8SnfmJ3I9+M2TdvoRL/Ovu6U8="],
  ["github.com/golangci/golangci-lint/v2", "v2.5.0", "h1:BDRg4ASm4J1y/DSRY6zwJ5tr5Yy8ZqbZ79XrCeFxaQo="],
  ["go.opentelemetry.io/otel", "v1.38.0", "h1:RkfdswUDRimDg0m2Az18RKOsnI8UDzppJAtj01/Ymk8="],
  ["github.com/goreleaser/goreleaser/v2", "v2.12.0", "h1:UVy62eUC6UiSEoDl4HS2l53pFl1w37cBhIOWRBUgdMY="],
  ["github.com/sigstore/cosign/v2", "v2.6.0", "h1:7DYqkc8RUnoteFhbeYMWu1qkvTDgCYU2MT/2xQPvDks="],
  ["github.com/anchore/syft", "v1.33.0", "h1:pYUEplww99PyB0OVPBfDu8VODLvZ3i9v1ngl4S1W9oo="],
  ["github.com/opentofu/opentofu", "v1.10.6", "h1:J57O7HrW7gakftSLFQr+/p7fniZjZ3FQLFyzv4XsSmQ="],
  ["github.com/cli/cli/v2", "v2.80.0", "h1:XD6lQOH5UdO23nvV+MoGexbqRyYbfYO3WE4w7bqPl2Y="],
];

/** The pin of a module that the tests of several actions use. */
export function goProject(module: string): GoPin {
  const [, version, sum] = PINS.find(([name]) => name === module) ?? [];
  if (version === undefined || sum === undefined) throw new Error(`${module} is not pinned in go-projects.ts`);
  return { module, version, sum };
}
