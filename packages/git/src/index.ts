export { type Access, basicCredential, type Environment, GitError, gitEnvironment, remoteUrl } from "./environment.ts";
export { type Git, type GitCall, type GitOptions, listRefs, openGit, readRemote } from "./git.ts";
