import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { type CheckedProduct, packForSubmission } from "@release-actions/macos-product";
import type { NotaryJob } from "@release-actions/notary";

/** A submission, and the user's files that it contains. */
export interface PlannedJob extends NotaryJob {
  readonly products: readonly CheckedProduct[];
}

/** The extensions of the kinds of files that Apple accepts without packing them first. It judges by the extension. */
const EXTENSIONS: Readonly<Record<string, string>> = { zip: ".zip", "disk-image": ".dmg", installer: ".pkg" };

/** Packs all other files into one zip. Equal files give an equal zip, so that a later run can find its submission. */
export async function planJobs(checked: readonly CheckedProduct[], scratch: string): Promise<PlannedJob[]> {
  const { asIs = [], packed = [] } = Object.groupBy(checked, ({ product }) =>
    Object.hasOwn(EXTENSIONS, product.kind) ? "asIs" : "packed",
  );
  const jobs = asIs.map((one) => planJob(one.product.path, submissionName(one), [one]));
  if (packed.length > 0) {
    const file = path.join(scratch, "submission.zip");
    const products = packed.map(({ product }) => product);
    await packForSubmission(products, path.join(scratch, "unpacked"), file);
    jobs.push(planJob(file, path.basename(file), packed));
  }
  return await Promise.all(jobs);
}

async function planJob(file: string, name: string, products: readonly CheckedProduct[]): Promise<PlannedJob> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const cdhashes = [...new Set(products.flatMap((product) => product.cdhashes))].sort();
  return { file, name, sha256: hash.digest("hex"), cdhashes, products };
}

/** Adds the extension that Apple expects, since Apple judges by the extension and this action by the content. */
function submissionName({ product }: CheckedProduct): string {
  const extension = EXTENSIONS[product.kind] ?? "";
  const name = path.basename(product.path);
  return name.endsWith(extension) ? name : `${name}${extension}`;
}
