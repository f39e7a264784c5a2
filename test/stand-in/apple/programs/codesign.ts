// A stand-in for codesign(1), written from its manual page. It signs with the real rcodesign, but only with an identity
// in an unlocked keychain of the search list, and only if it may use the key.
import { spawnSync } from "node:child_process";
import { behaviour, fail, load, option, readKeychain, recordCall } from "./state.ts";

const { args } = recordCall("codesign", process.argv.slice(2));
const { signing } = behaviour();
const identity = option(args, "--sign") ?? "";
const file = args.at(-1) ?? "";
const keychains = load<string[]>("search-list.json", []).map((entry) => readKeychain(entry));
const keychain = keychains.find((candidate) => candidate?.identities.includes(identity.toUpperCase()));
if (signing === undefined || keychain === undefined) fail(1, `${identity}: no identity found`);
if (!keychain.unlocked || !keychain.partitioned) fail(1, `${file}: errSecInternalComponent`);
const flags = option(args, "--options");
const entitlements = option(args, "--entitlements");
const identifier = option(args, "--identifier");
const signed = spawnSync(
  "rcodesign",
  [
    ...["sign", "--config-file", "/dev/null", "--pem-file", signing.key, "--pem-file", signing.certificate],
    ...["--certificate-der-file", signing.authorityDer, "--team-name", "TEAMID1234"],
    ...["--timestamp-url", args.includes("--timestamp") ? signing.timestampUrl : "none"],
    ...(flags === undefined ? [] : flags.split(",").flatMap((flag) => ["--code-signature-flags", flag])),
    ...(identifier === undefined ? [] : ["--binary-identifier", identifier]),
    ...(entitlements === undefined ? [] : ["--entitlements-xml-file", entitlements]),
    file,
  ],
  { encoding: "utf8" },
);
if (signed.status !== 0) fail(1, `${file}: ${signed.stderr}`);
