export { checkFormula, type Expectation, type ReleaseArchive } from "./check.ts";
export { classNameOf, type Formula, type FormulaDownload, FormulaError, versionedFileName } from "./formula.ts";
export { checkLayout } from "./layout.ts";
export { parseFormula } from "./parse.ts";
export { type Identity, type Published, publishRevision, type Revision } from "./publish-revision.ts";
export { formulaPath, openTap, readTapFile, type Tap, TapError } from "./tap.ts";
export { compareWithTap, type TapChange, versionInTap } from "./tap-change.ts";
export { versionedFormula } from "./versioned.ts";
