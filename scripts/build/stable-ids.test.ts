import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { makeIdsStable, stableIds } from "./stable-ids.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "stable-ids-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a module has the same number in every bundle, whatever webpack names it and merges into it", () => {
  const one = stableIds({
    modules: [
      { id: 7, name: "./a.js + 3 modules" },
      { id: 8, name: "./b.js" },
    ],
  });
  const other = stableIds({
    modules: [
      { id: 8, name: "./a.js" },
      { id: 9, name: "./c.js" },
      { id: null, name: "./d.js" },
    ],
  });
  expect(one.get("7")).toBe(other.get("8"));
  expect(new Set([...one.values(), ...other.values()]).size).toBe(3);
});

test("rewrites the table of modules, the calls and the deferred calls, and nothing else", () => {
  const stats = {
    modules: [
      { id: 7, name: "./a.js" },
      { id: 8, name: "./b.js" },
    ],
  };
  const written = (a: string, b: string) => `
/***/ ${a}:
/***/ ((module) => { const b = __nccwpck_require__(${b}); module.exports = f(7, "7:", b, __webpack_require__(${a})); }),
void __nccwpck_require__.e(7).then(__nccwpck_require__.bind(__nccwpck_require__, ${a}));
void __nccwpck_require__.e(8).then(__nccwpck_require__.t.bind(__nccwpck_require__, ${b}, 23));
`;
  writeFileSync(path.join(folder, "index.js"), written("7", "8"));
  makeIdsStable(folder, stats);
  const ids = stableIds(stats);
  expect(readFileSync(path.join(folder, "index.js"), "utf8")).toBe(written(ids.get("7") ?? "", ids.get("8") ?? ""));
});

test("does not change the module table inside a package that is itself a bundle", () => {
  const stats = { modules: [{ id: 7, name: "./a.js" }] };
  const nested = "/******/ \tvar __webpack_modules__ = ({\n/***/ 7:\n/***/ 949:\n/******/ \t});\n";
  const written = (id: string) => `/***/ ${id}:\n/***/ ((module) => {\n${nested}}),\n__nccwpck_require__(${id})\n`;
  writeFileSync(path.join(folder, "index.js"), written("7"));
  makeIdsStable(folder, stats);
  const id = stableIds(stats).get("7") ?? "";
  expect(readFileSync(path.join(folder, "index.js"), "utf8")).toBe(written(id));
});

test("refuses a number that webpack's statistics lack", () => {
  writeFileSync(path.join(folder, "index.js"), "__nccwpck_require__(9)");
  expect(() => makeIdsStable(folder, { modules: [] })).toThrow(/lack the module 9 of `__nccwpck_require__\(9`/);
});
