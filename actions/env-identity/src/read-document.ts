import path from "node:path";
import { Fault } from "@release-actions/report";
import { readText } from "@release-actions/text";
import { parseToml, type TomlDocument } from "@release-actions/toml";
import { refuseOtherLock } from "./other-locks.ts";

/** A lock with hundreds of packages has about 50 kB; a file of several megabytes is something else. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads a TOML file. Locations name it relative to the working directory, as annotations require. */
export function readDocument(file: string): TomlDocument {
  const shown = path.relative(process.cwd(), file);
  const name = shown.startsWith("..") ? file : shown;
  const text = readText(file, name);
  if (text.length > MAX_BYTES) {
    throw new Fault(`${name} has more than ${MAX_BYTES} characters, expected a lock file or a manifest`, {
      location: { file: name },
    });
  }
  refuseOtherLock(name, text);
  return parseToml(text, name);
}
