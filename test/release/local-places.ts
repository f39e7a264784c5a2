// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the expressions of workflows.
import type { ReleasedProduct } from "./product.ts";

export interface Places {
  /** The host of the registry for images and charts, such as `127.0.0.1:40000`. */
  readonly registry: string;
  readonly user: string;
  /** Two repositories in that registry, which replace GHCR and Docker Hub. */
  readonly images: readonly [string, string];
  readonly charts: string;
  /** The git URL of the tap. */
  readonly tap: string;
  readonly npm: string;
}

/** A Dockerfile that needs no network. Releases read the variables of its stage `builder`. */
const DOCKERFILE = `FROM scratch AS builder
ENV krb5_cv_attr_constructor_destructor=yes
FROM scratch AS runtime
COPY README.md /
`;

/** Changes the product so that it releases to the places of a test, without the parts that other tests check. */
export function releaseTo(product: ReleasedProduct, places: Places): void {
  const change = (caller: string, before: string, after: string): void =>
    product.replace(`.github/workflows/${caller}.yml`, before, after);
  const secret = (name: string): string => `${name}: \${{ secrets.${name} }}`;
  const [first, second] = places.images.map((image) => `${places.registry}/${image}`);
  product.replace("charts/beacon/values.yaml", "ghcr.io/example/beacon", first ?? "");
  product.write("docker/Dockerfile", DOCKERFILE);

  change("release-docker-build", "stage: runtime", "stage: runtime\n      emulate: false");
  change("release-docker-push", "ghcr.io/example/beacon", first ?? "");
  change("release-docker-push", "docker.io/example/beacon", second ?? "");
  change("release-docker-push", "secrets:", `secrets:\n      ${secret("REGISTRY_LOGINS")}`);
  change("release-homebrew", "example/homebrew-tap", places.tap);
  change("release-npm", "platforms:", `registry: ${places.npm}\n      platforms:`);
  // secrets-check would refuse the registry's tokens, because they do not look like npm's.
  change("release-npm", "secrets.NPM_TOKEN", "vars.NPM_TOKEN");
  const charts = `oci://${places.registry}/${places.charts}\n      username: ${places.user}`;
  change("release-helm", "oci://ghcr.io/example/charts", charts);
  change("release-helm", "linux/arm64", `linux/arm64\n    secrets:\n      ${secret("CHART_REGISTRY_PASSWORD")}`);
  // The tests of secrets-check cover whether the services accept the credentials.
  const logins = `${secret("REGISTRY_LOGINS")}\n      ${secret("CHART_REGISTRY_PASSWORD")}`;
  change("release-preflight", "    secrets:", `    with:\n      online: false\n    secrets:\n      ${logins}`);
  // The tests of rust-ci.yml cover linting and testing.
  const none = "{ clippy: none, test: none, doctest: none }";
  change("rust-ci", "rust-ci.yml@v1", `rust-ci.yml@v1\n    with: ${none}`);
}
