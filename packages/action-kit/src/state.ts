/** The name of the variable in which the runner passes a state value of the main step to the post step. */
export function stateVariable(name: string): string {
  return `STATE_${name}`;
}

/** The JSON value saved under this name, or `undefined` when there is none or it is not JSON. */
export function readState(name: string, env: NodeJS.ProcessEnv): unknown {
  const text = env[stateVariable(name)] ?? "";
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // `saveState` did not write this, so treat it as absent. Readers validate values anyway.
  }
}
