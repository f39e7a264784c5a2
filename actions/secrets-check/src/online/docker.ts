import { ask, type OnlineCheck, onlineProblem } from "./ask.ts";

/** Whether the login gets a token (docs: "Token authentication specification" of the distribution project). */
export const tryDockerLogin: OnlineCheck = async (subject, services) => {
  const user = subject.other(subject.expectation.options["username"] ?? "");
  const credentials = Buffer.from(`${user}:${subject.value}`).toString("base64");
  const url = `${services.dockerAuth.replace(/\/+$/, "")}/token?service=registry.docker.io&account=${encodeURIComponent(user)}`;
  const response = await ask(services, url, { headers: { authorization: `Basic ${credentials}` } });
  await response.body?.cancel();
  if (response.ok) return [];
  if ([401, 403].includes(response.status))
    return [onlineProblem(subject, "rejected", "Docker Hub does not take this user name and password")];
  return [onlineProblem(subject, "unverified", `Docker Hub answered ${response.status} to it`)];
};
