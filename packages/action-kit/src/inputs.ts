import { homedir } from "node:os";
import path from "node:path";
import { parseDigest } from "@release-actions/image-reference";
import { Fault } from "@release-actions/report";
import type { Contract, InputSpec, InputValues } from "./contract.ts";

/** The YAML 1.2 core schema's booleans, as `@actions/core` reads them. */
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/;

/** User information in a URL (RFC 3986, section 3.2.1). As in the URL standard, a password may have a plain `@`. */
const USER_INFO = /\b[a-z][a-z0-9+.-]*:\/\/([^\s/?#@:]*)(?::([^\s/?#]*))?@/gi;
const SHORTEST_TOKEN = 20;

/** One or more inputs of the step are missing or invalid. */
export class InputError extends Fault {
  override readonly name = "InputError";
}

/**
 * Reads every input of an action from the `INPUT_*` variables that the runner sets. All inputs are read before
 * the action does anything, and one error names all mistakes.
 *
 * @throws InputError naming each bad input, its value and the accepted ones.
 */
export function readInputs<C extends Contract>(contract: C, env: NodeJS.ProcessEnv): InputValues<C> {
  const values: Record<string, unknown> = {};
  const complaints: string[] = [];
  for (const [name, spec] of Object.entries(contract.inputs)) {
    const text = inputText(name, spec, env);
    if (text === "" && spec.required === true) {
      complaints.push(`input \`${name}\` is required and was not given, or is empty`);
      continue;
    }
    try {
      values[name] = text === "" ? absentValue(spec) : parseInput(spec, text, env);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      complaints.push(`input \`${name}\` is ${JSON.stringify(text)}: ${error.message}`);
    }
  }
  if (complaints.length > 0) {
    throw new InputError(complaints.join("\n"), { advice: "Correct the `with:` block of this step." });
  }
  // The cast is safe: each value was read by the same spec that its type is computed from.
  return values as InputValues<C>;
}

/** The values of all inputs that are declared secret, to be masked before anything is parsed. */
export function secretInputs(contract: Contract, env: NodeJS.ProcessEnv): string[] {
  return Object.entries(contract.inputs)
    .filter(([, spec]) => spec.kind === "secret")
    .map(([name, spec]) => inputText(name, spec, env))
    .filter((value) => value !== "");
}

/**
 * Passwords in URLs (`https://user:password@host`) in any input or in a variable such as `HTTPS_PROXY`, both encoded
 * and decoded, to be masked before anything is parsed.
 */
export function passwordsInUrls(env: NodeJS.ProcessEnv): string[] {
  const found = Object.values(env).flatMap((value) => [...(value ?? "").matchAll(USER_INFO)]);
  return found.flatMap(([, user = "", password]) => {
    // Without a password, a short name is a user (`ssh://git@host`), and a long one is a token.
    const secret = password ?? (user.length >= SHORTEST_TOKEN ? user : "");
    if (secret === "") return [];
    const plain = decoded(secret);
    const login = Buffer.from(`${decoded(user)}:${password === undefined ? "" : plain}`).toString("base64");
    return [secret, plain, login];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A percent sign that is not an escape.
  }
}

/** The name of the variable in which the runner passes an input. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`;
}

function inputText(name: string, spec: InputSpec, env: NodeJS.ProcessEnv): string {
  const given = (env[inputVariable(name)] ?? "").trim();
  return given === "" ? (spec.default ?? "") : given;
}

function absentValue(spec: InputSpec): unknown {
  if (spec.kind === "boolean") return false;
  if (spec.kind === "list" || spec.kind === "lines") return [];
  return spec.default === "" ? "" : undefined;
}

function parseInput(spec: InputSpec, text: string, env: NodeJS.ProcessEnv): unknown {
  switch (spec.kind) {
    case "string":
    case "secret":
      return text;
    case "boolean":
      if (!BOOLEAN.test(text)) throw new InputError("expected true or false");
      return text.toLowerCase() === "true";
    case "number":
      return parseNumber(spec, text);
    case "enum":
      if (!spec.values.includes(text)) throw new InputError(`expected one of ${spec.values.join(", ")}`);
      return text;
    case "list":
      return text.split(/[\s,]+/).filter((item) => item !== "");
    case "lines":
      return text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== "");
    case "path":
      if (/[\0\n\r]/.test(text)) throw new InputError("expected one path without control characters");
      return path.resolve(fromHome(text, env));
    case "digest":
      if (parseDigest(text) === undefined)
        throw new InputError("expected a digest such as sha256:<64 lowercase hex characters>");
      return text;
  }
}

/** Expands `~` and `~/...` as a shell does, because no shell processes the values of a `with:` block. */
function fromHome(text: string, env: NodeJS.ProcessEnv): string {
  if (!/^~(?=$|[/\\])/.test(text)) return text;
  return path.join(env["HOME"] || env["USERPROFILE"] || homedir(), text.slice(1));
}

function parseNumber(spec: InputSpec & { kind: "number" }, text: string): number {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  const { min, max, unit } = spec;
  if (value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY)) return value;
  const bounds = [min === undefined ? "" : `at least ${min}`, max === undefined ? "" : `at most ${max}`];
  const range = bounds.filter((bound) => bound !== "").join(" and ");
  throw new InputError(["expected a plain number", unit && `of ${unit}`, range].filter(Boolean).join(" "));
}
