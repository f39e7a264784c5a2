import { type Explain, openRest, type Rest, type RestOptions } from "@release-actions/github-rest";

const LONGEST_LIMIT_MS = 60_000;
const ADVICE: Readonly<Record<number, string>> = {
  401: "Check the `github-token` input.",
  403: "Give the job's token the permission to read artifacts:\n\npermissions:\n  actions: read\n  contents: read",
};

/** GitHub's REST API for finding artifacts. Explains refusals by the permissions that are needed. */
export function openArtifactRest(options: Omit<RestOptions, "longestLimitMs" | "explain">): Rest {
  return openRest({ ...options, longestLimitMs: LONGEST_LIMIT_MS, explain });
}

const explain: Explain = ({ what, status, said, isRateLimit }) => ({
  message: `${what} was refused (${status}${said === "" ? "" : `, ${said}`})`,
  advice: isRateLimit
    ? "Run the job again after that, or give it a token of its own with the `github-token` input."
    : ADVICE[status],
});
