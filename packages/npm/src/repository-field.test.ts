import { expect, test } from "@jest/globals";
import { namesRepository } from "./repository-field.ts";

test.each<[field: unknown, same: boolean]>([
  ["https://github.com/Acme/widget", true],
  ["git+https://github.com/Acme/widget.git", true],
  ["https://github.com/Acme/widget/", true],
  ["git://github.com/Acme/widget.git", true],
  ["git+ssh://git@github.com/Acme/widget.git", true],
  ["git@github.com:Acme/widget.git", true],
  ["github:Acme/widget", true],
  ["Acme/widget", true],
  [{ type: "git", url: "git+https://github.com/Acme/widget.git", directory: "npm" }, true],
  // The registry compares case, GitHub does not.
  ["git+https://github.com/acme/widget.git", false],
  ["git+https://github.com/Acme/Widget.git", false],
  ["https://github.com/Acme/widget-server", false],
  ["https://gitlab.com/Acme/widget", false],
  ["gitlab:Acme/widget", false],
  [undefined, false],
  [{}, false],
])("%j names the repository: %p", (field, same) => {
  expect(namesRepository(field, "https://github.com/Acme/widget")).toBe(same);
});
