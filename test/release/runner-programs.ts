import { chmodSync } from "node:fs";
import path from "node:path";
import { findProgram } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { CLIENTS } from "../npm/clients.ts";

const PROGRAMS = path.join(import.meta.dirname, "programs");

/**
 * The programs that a release finds on GitHub's runners but not here: `gh`, npm at the pinned version, a `curl` that
 * reaches cargo-dist's installer, and a `dist` that builds for macOS. In everything else `dist` is the real one.
 */
export class RunnerPrograms extends FileTree {
  constructor() {
    const dist = findProgram("dist", process.env["PATH"]);
    if (dist === undefined) throw new Error("needs dist");
    const run = (program: string): string => `exec "${process.execPath}" "${path.resolve(PROGRAMS, program)}" "$@"`;
    super({
      gh: `#!/bin/sh\n${run("gh.ts")}\n`,
      npm: `#!/bin/sh\n${run(CLIENTS.npm)}\n`,
      dist: `#!/bin/sh
case "$*" in *--artifacts=local*-apple-darwin*) ${run("dist-on-macos.ts")} ;; esac
exec "${dist}" "$@"
`,
      curl: `#!/bin/sh
case "$*" in
  *https://github.com/axodotdev/cargo-dist/releases/download/v0.34.0/cargo-dist-installer.sh) ;;
  *) echo "curl: (6) Could not resolve host" >&2; exit 6 ;;
esac
cat << 'END'
mkdir -p "$HOME/.cargo/bin"
printf '#!/bin/sh\\nexec "${dist}" "$@"\\n' > "$HOME/.cargo/bin/dist"
chmod +x "$HOME/.cargo/bin/dist"
END
`,
    });
    for (const name of ["gh", "npm", "dist", "curl"]) chmodSync(this.path(name), 0o755);
  }

  /** The PATH, with these programs first. */
  get searchPath(): string {
    return `${this.root}${path.delimiter}${process.env["PATH"]}`;
  }
}
