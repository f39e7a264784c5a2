/** For requests to those services, and for downloads. All of it, so that it is the same whoever uses how much of it. */
export * from "@actions/http-client";
