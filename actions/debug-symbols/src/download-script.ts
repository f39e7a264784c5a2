import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Fault } from "@release-actions/report";
import { debugFileUrl } from "./debuginfod.ts";
import type { Product } from "./products.ts";

/** The output of `uname -m` for each machine name of the elf package. */
const UNAME: Readonly<Record<string, string>> = { "x86-64": "x86_64", aarch64: "aarch64", powerpc64: "ppc64le" };

export interface DownloadScript {
  /** The path of the script on the machine that runs the binary. */
  readonly place: string;
  readonly text: string;
}

/** One script for each binary name; binaries of one name for several machines share a script. */
export function downloadScripts(
  products: readonly Product[],
  server: string,
  template: string,
): readonly DownloadScript[] {
  const byBinary = Map.groupBy(products, ({ name }) => path.posix.basename(name));
  if (byBinary.size > 1 && !template.includes("<binary>")) {
    throw new Fault(`the input \`script-path\` is ${template}, expected <binary> in it`, {
      advice: `There is a script for each of ${[...byBinary.keys()].join(", ")}.`,
    });
  }
  return [...byBinary].map(([binary, builds]) => {
    requirePlain(binary);
    return { place: template.replaceAll("<binary>", binary), text: scriptText(binary, builds, server) };
  });
}

/** Writes a script to its place below a folder, ready to run. */
export async function writeScript({ place, text }: DownloadScript, root: string): Promise<string> {
  const file = path.join(root, path.posix.normalize(`/${place}`));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

/** A script for plain sh with tools that the smallest images have. It keeps the file only if its build ID is right. */
function scriptText(binary: string, builds: readonly Product[], server: string): string {
  const url = debugFileUrl(server, "${build_id}").href.replace("$%7Bbuild_id%7D", "${build_id}");
  const debug = path.posix.basename(builds[0]?.debug ?? `${binary}.debug`);
  return `#!/bin/sh
# Downloads the debug information of ${binary} to where debuggers look for it: the folder .debug beside the binary.
# usage: ${"$"}0 [folder]
set -eu

${buildIdOf(binary, builds)}
folder=\${1:-$(dirname -- "$0")/.debug}
if [ $# -eq 0 ] && ! { mkdir -p -- "$folder" && [ -w "$folder" ]; } 2> /dev/null; then
  folder=\${TMPDIR:-/tmp}/.debug # The root of a container is often read-only.
fi
mkdir -p -- "$folder"

part=$(mktemp "$folder/.${debug}.XXXXXX")
trap 'rm -f -- "$part"' EXIT
trap 'exit 1' HUP INT TERM
curl --fail --silent --show-error --location --compressed --retry 3 --connect-timeout 20 --output "$part" \\
  "${url}"

# The note that the linker wrote: its owner GNU, then the build id.
if ! head -c 1048576 -- "$part" | od -A n -v -t x1 | tr -d ' \\n' | grep -q "474e5500$build_id"; then
  echo "what the server sent does not have the build id $build_id: nothing was kept" >&2
  exit 1
fi

# A stripped file has that note too: one of its sections must be .debug_info (or .zdebug_info), with bytes in the file.
number() { od -A n -v -j "$1" -N "$2" -t "u$2" "$part" | tr -d ' \\n'; }
has_debug_info() {
  case $(number 4 1) in
    2) word=8 table=40 counts=58 place=24 size=32 ;;
    *) word=4 table=32 counts=46 place=16 size=20 ;;
  esac
  table=$(number $table $word) entry=$(number $counts 2) count=$(number $((counts + 2)) 2)
  names=$(number $((table + entry * $(number $((counts + 4)) 2) + place)) $word)
  while [ "$count" -gt 0 ]; do
    count=$((count - 1))
    at=$((table + entry * count))
    case $(od -A n -v -j $((names + $(number $at 4))) -N 13 -t x1 "$part" | tr -d ' \\n') in
      2e64656275675f696e666f00* | 2e7a64656275675f696e666f00*)
        [ "$(number $((at + 4)) 4)" = 1 ] && [ "$(number $((at + size)) $word)" -gt 0 ] && return 0 ;;
    esac
  done
  return 1
}
if ! has_debug_info 2> /dev/null; then
  echo "what the server sent for the build id $build_id has no debug information: nothing was kept" >&2
  exit 1
fi
chmod 644 -- "$part"
mv -f -- "$part" "$folder/${debug}"
echo "$folder/${debug}"
`;
}

function buildIdOf(binary: string, builds: readonly Product[]): string {
  const [first, ...others] = builds;
  if (first !== undefined && others.length === 0) return `build_id=${first.buildId}`;
  const machines = new Set(builds.map(({ machine }) => machine));
  if (machines.size < builds.length) {
    throw new Fault(`there are ${builds.length} binaries of the name ${binary} for ${[...machines].join(", ")}`, {
      advice: "A script is named after its binary: give the binaries different names, or split them in separate steps.",
    });
  }
  const cases = builds.map(({ machine, buildId }) => `  ${UNAME[machine] ?? machine}) build_id=${buildId} ;;`);
  return `case $(uname -m) in\n${cases.join("\n")}\n  *) echo "there is no ${binary} for $(uname -m)" >&2; exit 1 ;;\nesac`;
}

/** Refuses names with special characters, since the name becomes part of a shell script. */
function requirePlain(binary: string): void {
  if (/^[\w.+-]+$/.test(binary)) return;
  throw new Fault(`${JSON.stringify(binary)} has characters that are not allowed in the name of a script`, {
    advice: "Rename the binary: letters, digits, `.`, `_`, `+` and `-` are fine.",
  });
}
