declare module "@michaelhomer/jqjs" {
  export function compile(program: string): (input: unknown) => Iterable<unknown>;
}
