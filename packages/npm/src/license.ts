import parse from "spdx-expression-parse";
import { NpmError } from "./error.ts";

/** An SPDX expression, in today's spelling; cargo's old `MIT/Apache-2.0` is `MIT OR Apache-2.0`. */
export function requireLicense(text: unknown, shown: string): string {
  const expression = typeof text === "string" ? text.replaceAll("/", " OR ") : "";
  try {
    parse(expression);
    return expression;
  } catch (cause) {
    const found = text === undefined ? "no licence" : `the licence ${JSON.stringify(text)}`;
    throw new NpmError(`${shown} has ${found}, expected an SPDX expression such as MIT or Apache-2.0 OR BUSL-1.1`, {
      cause,
      advice: "Set `license` in Cargo.toml, or in `fields` of the input `packages`.",
    });
  }
}
