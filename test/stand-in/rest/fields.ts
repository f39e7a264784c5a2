import { Refusal } from "../http.ts";

/** The fields of a JSON request body. Refuses a field of a wrong type as GitHub does. */
export interface Fields {
  required(name: string): string;
  string(name: string): string | undefined;
  boolean(name: string): boolean | undefined;
}

export function readFields(body: Buffer): Fields {
  const fields = parse(body);
  const read = <T>(name: string, matches: (value: unknown) => value is T): T | undefined => {
    const value = fields[name];
    if (value === undefined || value === null) return undefined;
    if (!matches(value)) throw invalid(`For '${name}', ${JSON.stringify(value)} is not of the right type.`);
    return value;
  };
  const string = (name: string): string | undefined => read(name, (value) => typeof value === "string");
  return {
    string,
    required: (name) => {
      const value = string(name);
      if (value === undefined || value === "") throw invalid(`"${name}" wasn't supplied.`);
      return value;
    },
    boolean: (name) => read(name, (value) => typeof value === "boolean"),
  };
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // The check below answers text that is not JSON like JSON that is not an object.
  }
  throw new Refusal(400, { message: "Problems parsing JSON", status: "400" });
}

function invalid(message: string): Refusal {
  return new Refusal(422, { message: `Invalid request.\n\n${message}`, status: "422" });
}
