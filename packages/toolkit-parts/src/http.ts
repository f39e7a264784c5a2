/** The HTTP client for GitHub's services and for downloads. Everything is exported, so that the bundled file is the same in every action. */
export * from "@actions/http-client";
/** What that client is made of. GitHub's artifact client uses more of it than others do. */
export * as tunnel from "tunnel";
export * as undici from "undici";
