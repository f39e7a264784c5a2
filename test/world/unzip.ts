import { runCommand } from "@release-actions/command";

const UNZIP = `
import os, re, sys, zipfile
wanted = re.compile(sys.argv[2])
with zipfile.ZipFile(sys.argv[1]) as archive:
    for name in archive.namelist():
        inner = name.split("@", 1)[1].split("/", 1)[1]
        if wanted.search(inner):
            target = os.path.join(sys.argv[3], inner)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as out:
                out.write(archive.read(name))
`;

/**
 * Unpacks some files of a Go module's zip, without the module's folder with which their names begin.
 *
 * @param wanted a regular expression of Python's `re` for the paths inside the module
 */
export async function unzip(zip: string, wanted: string, folder: string): Promise<void> {
  await runCommand("python3", ["-c", UNZIP, zip, wanted, folder]);
}
