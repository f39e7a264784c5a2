export { basicCredential, gitEnvironment, remoteUrl } from "./environment.ts";
export { type Git, type GitOptions, listRefs, openGit, readRemote } from "./git.ts";
