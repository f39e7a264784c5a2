import type { Decision } from "@release-actions/channel";
import type { ActionRunner } from "./action.gen.ts";

const MEANING = {
  stable: "the highest release",
  backport: "a release on an older line",
  prerelease: "a version before its full release",
  build: "a build of a version, with build metadata",
} as const;

/** Sets the outputs and shows the decision. */
export function summarize(runner: ActionRunner, decision: Decision): void {
  const { channel, version, line, isLatest, imageTags, npmDistTag, formula, chart, moves } = decision;
  runner.setOutput("channel", channel);
  runner.setOutput("version", version.text);
  runner.setOutput("line", line);
  runner.setOutput("is-latest", isLatest);
  runner.setOutput("image-tags", imageTags.join("\n"));
  runner.setOutput("held-back", decision.heldBack.join("\n"));
  runner.setOutput("npm-dist-tag", npmDistTag ?? "");
  runner.setOutput("formula", formula);
  runner.setOutput("chart", chart ?? "");
  runner.setOutput("moves", moves);
  runner.info(`${version.text} is ${MEANING[channel]} (${channel})`);
  const names = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(", ") || "nothing";
  runner.summary.verdict("success", `Version ${version.text}: ${channel}, ${MEANING[channel]}`).table(
    ["where", "published as", "moves"],
    [
      ["image", names(imageTags), names(moves.image)],
      ["npm", names(npmDistTag === undefined ? [] : [npmDistTag]), names(moves.npm)],
      ["Homebrew formula", formula, moves.formula ? "the tap's version" : "nothing"],
      ["chart", names(chart === undefined ? [] : [chart]), "nothing"],
    ],
  );
}
