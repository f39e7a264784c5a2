export { checkFormula, type Expectation, type ReleaseArchive } from "./check.ts";
export { classNameOf, type Formula, type FormulaDownload, FormulaError, versionedFileName } from "./formula.ts";
export { checkLayout } from "./layout.ts";
export { parseFormula } from "./parse.ts";
export { versionedFormula } from "./versioned.ts";
