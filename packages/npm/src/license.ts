import parse from "spdx-expression-parse";
import { NpmError } from "./error.ts";

/**
 * Checks an SPDX expression and returns it in its current spelling: cargo's old `MIT/Apache-2.0` becomes
 * `MIT OR Apache-2.0`.
 *
 * @throws NpmError
 */
export function requireLicense(text: unknown, shown: string): string {
  const expression = typeof text === "string" ? text.replaceAll("/", " OR ") : "";
  try {
    parse(expression);
    return expression;
  } catch {
    // The parser's own message is about its code, not about the licence.
    const found = text === undefined ? "no licence" : `the licence ${JSON.stringify(text)}`;
    throw new NpmError(`${shown} has ${found}, expected an SPDX expression such as MIT or Apache-2.0 OR BUSL-1.1`, {
      advice: "Set `license` in Cargo.toml, or in `fields` of the input `packages`.",
    });
  }
}
