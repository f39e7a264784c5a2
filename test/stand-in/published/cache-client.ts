// Drives the published @actions/cache as an action would: `node cache-client.ts '<request as JSON>'`.
// The answer is the last line of standard output, after what the client itself logs.
import { restoreCache, saveCache } from "@actions/cache";

export type CacheRequest =
  | { do: "save"; paths: string[]; key: string }
  | { do: "restore"; paths: string[]; key: string; restoreKeys?: string[] };

// The only caller is `runPublishedCacheClient`, which writes this argument from a typed value.
const request = JSON.parse(process.argv[2] ?? "") as CacheRequest;
const answer =
  request.do === "save"
    ? await saveCache(request.paths, request.key)
    : await restoreCache(request.paths, request.key, request.restoreKeys);
console.log(`\n${JSON.stringify(answer ?? null)}`);
