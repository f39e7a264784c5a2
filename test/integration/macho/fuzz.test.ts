import path from "node:path";
import { expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../../parts.ts";
import { makeFatBinary } from "../../stand-in/apple/mac-binary.ts";
import { WORKSHOP_TOOLS, Workshop } from "../../stand-in/apple/workshop.ts";
import type { FuzzReport } from "./fuzz.probe.ts";

const MUTATIONS = 10_000;
const SEED = 20_240_229;
/** Reading a signature takes a few milliseconds; one that takes this long hangs. */
const SLOWEST_MS = 2000;
/** The limit of the probe's heap. */
const MAX_HEAP_MIB = 96;
/** Buffers are outside of the heap and stay for a while on a busy machine. A buffer as large as a file claims is larger. */
const MAX_RSS_BYTES = 1 << 30;

const ENTITLEMENTS = `<plist version="1.0"><dict><key>a</key><array><string>b</string></array></dict></plist>`;

describeWith(WORKSHOP_TOOLS, "hostile Mach-O files", () => {
  test(`${MUTATIONS} mutations of signed files never crash, hang or take much memory`, async () => {
    await using workshop = await Workshop.open();
    const [arm64, amd64] = [await workshop.build("arm64"), await workshop.build("amd64")];
    const stamped = await workshop.sign(arm64, { entitlements: ENTITLEMENTS });
    const plain = await workshop.sign(amd64, { entitlements: ENTITLEMENTS, timestampUrl: "none" });
    const fat = await makeFatBinary([plain, stamped], workshop.fresh());
    const probe = path.join(import.meta.dirname, "fuzz.probe.ts");
    const files = [plain, stamped, plain, fat, plain];
    const flags = ["--expose-gc", `--max-old-space-size=${MAX_HEAP_MIB}`];
    const args = [...flags, probe, String(MUTATIONS), String(SEED), ...files];
    const { stdout } = await runCommand(process.execPath, args);
    const report = JSON.parse(stdout) as FuzzReport; // Written by the probe beside this file.
    expect(report.slowestMs).toBeLessThan(SLOWEST_MS);
    expect(report.maxRssBytes).toBeLessThan(MAX_RSS_BYTES);
    expect(Object.values(report.verdicts).reduce((sum, part) => sum + part)).toBe(MUTATIONS);
    // The mutations must reach every verdict: otherwise the test would prove little.
    for (const verdict of Object.values(report.verdicts)) expect(verdict).toBeGreaterThan(10);
  }, 180_000);
});
