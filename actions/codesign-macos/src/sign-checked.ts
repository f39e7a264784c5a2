import { chmod, copyFile, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Runner } from "@release-actions/action-kit";
import { bestCodeDirectory, checkSigning, type Finding, type FindingCode } from "@release-actions/macho";
import { Fault } from "@release-actions/report";
import type { contract } from "./action.gen.ts";
import type { Signer } from "./signer.ts";

export interface SignedFile {
  readonly file: string;
  readonly architecture: string;
  readonly identifier: string;
  /** Hex, as the notarization ticket lists it. */
  readonly cdhash: string;
}

export interface SignOptions {
  /** A folder beside the file, on the same disk: what is in it can be moved into place in one go. */
  readonly work: string;
  readonly sign: Signer;
  readonly teamId: string | undefined;
}

/** Signs a copy, checks it, and puts it in the place of the file. A failure leaves the file as it was. */
export async function signChecked(
  runner: Runner<typeof contract>,
  file: string,
  { work, sign, teamId }: SignOptions,
): Promise<SignedFile[]> {
  // The copy has the file's own name, since the identifier may be made from it.
  const copy = path.join(work, path.basename(file));
  runner.onExit(() => rm(work, { recursive: true, force: true }));
  await mkdir(work, { recursive: true });
  await copyFile(file, copy);
  const before = await stat(file);
  await sign(copy);
  const { images, findings } = await checkSigning(await readFile(copy), { teamId });
  for (const { code, message, advice } of findings) {
    if (!WORTH_A_WARNING.includes(code)) continue;
    runner.problem({ level: "warning", message: `${path.basename(file)} ${message}. ${advice}`, location: { file } });
  }
  const wrong = findings.filter((finding) => !isIntended(runner, finding));
  if (wrong.length > 0) {
    const list = wrong.map(({ architecture, message }) => `${architecture ?? "file"}: ${message}`).join("\n");
    throw new Fault(`${file} was not replaced, since its signed copy will not do:\n${list}`, {
      advice: wrong[0]?.advice ?? "",
    });
  }
  await chmod(copy, before.mode);
  await rename(copy, file);
  await rm(work, { recursive: true, force: true });
  return images.flatMap(({ image, signature }) => {
    if (signature === undefined) return [];
    const { identifier, cdhash } = bestCodeDirectory(signature);
    return [{ file: path.relative(process.cwd(), file), architecture: image.architecture, identifier, cdhash }];
  });
}

/** Asked for, or not to be changed by signing, but Apple will refuse it. */
const WORTH_A_WARNING: readonly FindingCode[] = ["get-task-allow", "old-sdk"];

/** What the inputs ask for is no mistake. The SDK was chosen long before. */
function isIntended({ inputs }: Runner<typeof contract>, { code }: Finding): boolean {
  const intended: Partial<Record<FindingCode, boolean>> = {
    "no-timestamp": inputs.timestamp === "none",
    "no-hardened-runtime": !inputs.options.includes("runtime"),
    "get-task-allow": inputs.entitlements !== undefined,
    "old-sdk": true,
  };
  return intended[code] ?? false;
}
