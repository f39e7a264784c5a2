// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expressions of workflows.
/** A call of a workflow of which no single input or secret is required, but which does nothing without some of them. */
export interface UsualCall {
  /** The workflow of ours whose job comes before it. */
  readonly after?: string;
  /** When it is called at all. */
  readonly if?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}

/** By the workflow's file: what most callers give it, so that the example in the index works as it is pasted. */
export const USUAL_CALLS: Readonly<Record<string, UsualCall>> = {
  "docker-attest.yml": {
    after: "docker.yml",
    if: "needs.docker.outputs.tags != ''",
    inputs: { tags: "${{ needs.docker.outputs.tags }}" },
  },
  "release-docker-push.yml": { after: "release-docker-build.yml" },
  "release-notarize.yml": { secrets: ["NOTARY_API_KEY", "NOTARY_API_KEY_ID", "NOTARY_API_ISSUER"] },
};
