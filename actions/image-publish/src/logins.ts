import type { ImageReference } from "@release-actions/image-reference";
import type { Credentials } from "@release-actions/registry-client";
import { Fault } from "@release-actions/report";

/** Something in what was asked for that stops the publishing. */
export class ImagePublishError extends Fault {
  override readonly name = "ImagePublishError";
}

/** Reads lines of `registry user password`. No message holds what stands there. */
export function parseLogins(text: string): ReadonlyMap<string, Credentials> {
  const logins = new Map<string, Credentials>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    if (line.trim() === "") continue;
    const [registry = "", username = "", password] = words;
    if (password === undefined || words.length > 3) {
      throw new ImagePublishError(
        `line ${index + 1} of the input \`logins\` has ${words.length} words, expected registry, user and password`,
        {
          advice:
            "A secret that does not exist arrives empty: check its name, and that this repository or environment has it.",
        },
      );
    }
    if (logins.has(registry)) throw new ImagePublishError(`the input \`logins\` has ${registry} twice`);
    logins.set(registry, { username, password });
  }
  return logins;
}

/** The login of every registry that is published to. */
export function requireLogins(logins: ReadonlyMap<string, Credentials>, places: readonly ImageReference[]): void {
  const missing = [...new Set(places.map(({ registry }) => registry))].filter((registry) => !logins.has(registry));
  if (missing.length === 0) return;
  throw new ImagePublishError(`the input \`logins\` has no line for ${missing.join(", ")}`);
}
