import { createHmac } from "node:crypto";

/** The account a signature belongs to. `key` is the decoded account key. */
export interface StorageAccount {
  readonly name: string;
  readonly key: Buffer;
}

export interface BlobGrant {
  readonly container: string;
  readonly blob: string;
  /** Permission letters in Azure's order, e.g. `r` or `cw`. */
  readonly permissions: string;
  readonly startsAt: Date;
  readonly expiresAt: Date;
  readonly contentDisposition?: string;
  readonly contentType?: string;
}

const VERSION = "2020-12-06";

/**
 * The query of a signed URL for one blob: a service SAS.
 * learn.microsoft.com/rest/api/storageservices/create-service-sas, "Version 2020-12-06 and later".
 */
export function signBlob(account: StorageAccount, grant: BlobGrant): URLSearchParams {
  const [startsAt, expiresAt] = [seconds(grant.startsAt), seconds(grant.expiresAt)];
  const disposition = grant.contentDisposition ?? "";
  const type = grant.contentType ?? "";
  const resource = `/blob/${account.name}/${grant.container}/${grant.blob}`;
  const signature = hmac(account, [
    ...[grant.permissions, startsAt, expiresAt, resource, "", "", "", VERSION, "b", "", ""],
    ...["", disposition, "", "", type],
  ]);
  const query = new URLSearchParams({ sp: grant.permissions, st: startsAt, se: expiresAt, sv: VERSION, sr: "b" });
  if (disposition !== "") query.set("rscd", disposition);
  if (type !== "") query.set("rsct", type);
  query.set("sig", signature);
  return query;
}

/** The query of an account SAS: everything on blobs and containers, for the stand-in's own housekeeping. */
export function signAccount(account: StorageAccount, expiresAt: Date): URLSearchParams {
  const [permissions, until] = ["rwdlac", seconds(expiresAt)];
  const signature = hmac(account, [account.name, permissions, "b", "sco", "", until, "", "", VERSION, "", ""]);
  return new URLSearchParams({ sv: VERSION, ss: "b", srt: "sco", sp: permissions, se: until, sig: signature });
}

function hmac(account: StorageAccount, lines: readonly string[]): string {
  return createHmac("sha256", account.key).update(lines.join("\n"), "utf8").digest("base64");
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
