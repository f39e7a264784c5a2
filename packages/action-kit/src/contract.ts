/** One input of `action.yml`, as `npm run generate` writes it into `src/action.gen.ts`. */
export type InputSpec = (
  | { readonly kind: "number"; readonly unit?: string; readonly min?: number; readonly max?: number }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  /**
   * `list`: items separated by commas or white space. `lines`: one item a line; blank lines do not count. `path`: a path on the
   * runner, read as an absolute one. `digest`: `<algorithm>:<lowercase hex>`, as in the OCI image spec (descriptor.md, "Digests").
   * `secret`: masked in the log before anything else happens.
   */
  | { readonly kind: "string" | "boolean" | "list" | "lines" | "path" | "digest" | "secret" }
) & {
  readonly required?: true;
  /** The literal default. It also replaces an empty value, which an unset expression becomes. */
  readonly default?: string;
};

export interface Contract {
  readonly name: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly outputs: readonly string[];
}

type InputValue<S extends InputSpec> = S extends { kind: "boolean" }
  ? boolean
  : S extends { kind: "number" }
    ? number
    : S extends { kind: "enum"; values: readonly (infer V)[] }
      ? V
      : S extends { kind: "list" | "lines" }
        ? readonly string[]
        : string;

/** Absent lists are empty and absent booleans false; other inputs are undefined unless required or with a default. */
type IsAlwaysSet<S extends InputSpec> = S extends
  | { required: true }
  | { default: string }
  | { kind: "list" | "lines" | "boolean" }
  ? true
  : false;

/** The typed inputs of a contract, by the name they have in `action.yml`. */
export type InputValues<C extends Contract> = {
  readonly [N in keyof C["inputs"]]: IsAlwaysSet<C["inputs"][N]> extends true
    ? InputValue<C["inputs"][N]>
    : InputValue<C["inputs"][N]> | undefined;
};

export type OutputName<C extends Contract> = C["outputs"][number];
