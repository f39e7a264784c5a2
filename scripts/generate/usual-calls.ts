// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expressions of workflows.
/** An example call of a workflow that needs some of its inputs or secrets, although none of them is marked as required. */
export interface UsualCall {
  /** The file of the workflow that is called before it. */
  readonly after?: string;
  /** The condition of the call. */
  readonly if?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}

/** The values that most callers give each workflow, by file name, so that the example in the index works when it is pasted. */
export const USUAL_CALLS: Readonly<Record<string, UsualCall>> = {
  "docker-attest.yml": {
    after: "docker.yml",
    if: "needs.docker.outputs.tags != ''",
    inputs: { tags: "${{ needs.docker.outputs.tags }}" },
  },
  "release-docker-push.yml": { after: "release-docker-build.yml" },
  "release-notarize.yml": { secrets: ["NOTARY_API_KEY", "NOTARY_API_KEY_ID", "NOTARY_API_ISSUER"] },
};
