// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the expressions of workflows.
import type { ReleasedProduct } from "./product.ts";

export interface Places {
  /** Of images and charts: `127.0.0.1:40000`. */
  readonly registry: string;
  readonly user: string;
  /** Two repositories in it, in place of GHCR and Docker Hub. */
  readonly images: readonly [string, string];
  readonly charts: string;
  /** A git URL. */
  readonly tap: string;
  readonly npm: string;
}

/** Needs no network. Of the stage `builder`, releases take the variables. */
const DOCKERFILE = `FROM scratch AS builder
ENV krb5_cv_attr_constructor_destructor=yes
FROM scratch AS runtime
COPY README.md /
`;

/** Makes the product release to the places of a test, and leave out what other tests look at. */
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
  // The registry's tokens do not look like npm's, which secrets-check looks for.
  change("release-npm", "secrets.NPM_TOKEN", "vars.NPM_TOKEN");
  const charts = `oci://${places.registry}/${places.charts}\n      username: ${places.user}`;
  change("release-helm", "oci://ghcr.io/example/charts", charts);
  change("release-helm", "linux/arm64", `linux/arm64\n    secrets:\n      ${secret("CHART_REGISTRY_PASSWORD")}`);
  // Whether the services take the credentials is tested with secrets-check.
  const logins = `${secret("REGISTRY_LOGINS")}\n      ${secret("CHART_REGISTRY_PASSWORD")}`;
  change("release-preflight", "    secrets:", `    with:\n      online: false\n    secrets:\n      ${logins}`);
  // Linting and testing are rust-ci.yml's own test.
  const none = "{ clippy: none, test: none, doctest: none }";
  change("rust-ci", "rust-ci.yml@v1", `rust-ci.yml@v1\n    with: ${none}`);
}
