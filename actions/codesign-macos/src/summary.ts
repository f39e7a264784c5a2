import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { SignedFile } from "./sign-checked.ts";

/** Sets the output, and shows the code hash of each architecture, which identifies the program from now on. */
export function summarize(runner: ActionRunner, signed: readonly SignedFile[]): void {
  runner.setOutput("files", signed);
  const files = countOf(new Set(signed.map(({ file }) => file)).size, "file");
  const said = runner.inputs["dry-run"] ? "can be signed (dry run, nothing was changed)" : "signed";
  runner.summary.verdict("success", `macOS signature: ${files} ${said}`).table(
    ["file", "architecture", "identifier", "code hash"],
    signed.map(({ file, architecture, identifier, cdhash }) => [
      `\`${file}\``,
      architecture,
      identifier,
      `\`${cdhash}\``,
    ]),
  );
}
