type Environment = Readonly<Record<string, string | undefined>>;

/** What a program may see that needs none of the step's secrets: neither inputs, nor the runner's tokens, nor others. */
export function withoutSecrets(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(INPUT_|ACTIONS_)|TOKEN|SECRET/.test(name)));
}
