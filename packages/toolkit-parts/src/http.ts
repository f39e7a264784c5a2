/** The HTTP client for GitHub's services and for downloads. Everything is exported, so that the bundled file is the same in every action. */
export * from "@actions/http-client";
