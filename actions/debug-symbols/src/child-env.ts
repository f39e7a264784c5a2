/** What programs are started with: a PATH, a home, perhaps a proxy; not this step's inputs, nor the runner's own tokens. */
export function childEnv(env: Readonly<NodeJS.ProcessEnv>): Readonly<NodeJS.ProcessEnv> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(INPUT_|ACTIONS_)|TOKEN|SECRET/.test(name)));
}
