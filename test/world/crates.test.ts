import { copyFileSync } from "node:fs";
import { describe, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { checkPins, NO_HISTORY, placeOf, Repository } from "@release-actions/pins";
import { bringCrate, type CratePin, sample } from "./bring.ts";
import { readRows } from "./rows.ts";

jest.setTimeout(120_000);

interface Judged extends CratePin {
  readonly findings?: readonly string[];
  readonly unread?: readonly string[];
}

const CRATES = readRows<Judged>("published-crates.yml", ["name", "version", "sha256", "findings", "unread"]);

describe("pins-check reads published crates", () => {
  test.each(sample(CRATES, 5).map((each) => [`${each.name} ${each.version}`, each] as const))(
    "%s",
    async (_name, each) => {
      using tree = new FileTree();
      const archive = await bringCrate(each);
      await runCommand("tar", ["-xzf", archive, "--strip-components=1", "-C", tree.root]);
      copyFileSync(tree.path("Cargo.toml.orig"), tree.path("Cargo.toml"));
      const { unread, findings } = await checkPins({
        ...{ repository: new Repository(tree.root), config: undefined, tag: undefined, only: [], today: "2026-11-20" },
        ...{ history: NO_HISTORY, inspectImage: async () => undefined, imageDigest: async () => undefined },
      });
      expect(findings.map(({ severity, follower }) => `${severity} ${placeOf(follower)}`)).toEqual(each.findings ?? []);
      const reasons = each.unread ?? [];
      expect(unread.map(({ message }, index) => message.slice(0, reasons[index]?.length))).toEqual(reasons);
    },
  );
});
