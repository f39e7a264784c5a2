import { createServer } from "node:http";
import path from "node:path";
import { closeServer, listen, originOf } from "../../test/stand-in/http.ts";
import { REPOSITORY } from "../folders.ts";
import { type Measured, measureNode } from "./process.ts";
import { type Bench, median } from "./row.ts";

const BYTES = 400_000_000;
const ROUNDS = 5;
const PROBE = path.join(REPOSITORY, "test/integration/artifacts/download.probe.ts");

/** Compares a download with and without the V8 flags that keep the garbage collector away from network buffers. */
export const heapRelief: Bench = {
  name: "heap-relief",
  async run(say) {
    const content = Buffer.alloc(BYTES, "content");
    const server = createServer((request, response) => {
      const [, first = "0", last = "0"] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
      const part = content.subarray(Number(first), Number(last) + 1);
      response.writeHead(206, {
        "Content-Length": part.length,
        "Content-Range": `bytes ${first}-${Number(first) + part.length - 1}/${BYTES}`,
      });
      response.end(part);
    });
    await listen(server);
    try {
      const times: Record<"relieved" | "plain", Measured[]> = { relieved: [], plain: [] };
      for (let round = 0; round < ROUNDS; round += 1) {
        say(`heap-relief, round ${round + 1} of ${ROUNDS}`);
        for (const mode of ["relieved", "plain"] as const) {
          const measured = await measureNode(PROBE, process.env, [`${originOf(server)}/`, mode]);
          if (measured.exitCode !== 0) throw new Error(`the download (${mode}) failed`);
          times[mode].push(measured);
        }
      }
      const of = (mode: keyof typeof times, what: "ms" | "peakMiB"): number =>
        median(times[mode].map((one) => one[what]));
      return (
        [
          ["time", "ms", 0.85, "ms"],
          ["memory", "peakMiB", 0.95, "MiB"],
        ] as const
      ).map(([name, what, budget, unit]) => {
        const [plain, ours] = [of("plain", what), of("relieved", what)];
        return {
          what: `download of 400 MB with heap relief, ${name}`,
          peer: `without ${plain.toFixed(0)} ${unit}`,
          ours: `${ours.toFixed(0)} ${unit}`,
          ratio: ours / plain,
          budget: `${budget} x`,
          held: ours <= budget * plain,
        };
      });
    } finally {
      await closeServer(server);
    }
  },
};
