import type { Trigger } from "@release-actions/workflow";
import { ABSENT, choiceVariable, constant, type Meaning, meaningOfVariable, OBJECT, type Value } from "../variable.ts";
import { activityTypesOf } from "./activity-types.ts";
import type { EventCase } from "./event-case.ts";
import { inputMeanings } from "./inputs.ts";
import { payloadMeaning } from "./payload.ts";
import { commonMeaning } from "./repository.ts";
import { describeEvent } from "./words.ts";

/**
 * Creates a case from the meanings that are specific to it, and adds those that all events share.
 *
 * @param own meanings by path, in lower case
 */
export function eventCase(
  trigger: Trigger,
  own: Readonly<Record<string, Meaning>>,
  options: { readonly isFork?: boolean; readonly types?: readonly string[] | undefined } = {},
): EventCase {
  const { event } = trigger;
  const types = options.types ?? activityTypesOf(trigger);
  const meanings: Record<string, Meaning> = {
    "github.base_ref": constant(""),
    "github.head_ref": constant(""),
    ...inputMeanings(trigger),
    ...own,
  };
  if (types !== undefined)
    meanings["github.event.action"] =
      types.length === 0 ? ABSENT : meaningOfVariable(choiceVariable("github.event.action", types));
  return {
    event,
    trigger,
    isFork: options.isFork === true,
    meaning: (path) => {
      if (path === "github" || path === "github.event" || path === "inputs") return OBJECT;
      if (path.startsWith("inputs.")) return meanings[path] ?? ABSENT;
      if (!path.startsWith("github.")) return undefined;
      const own = Object.hasOwn(meanings, path) ? meanings[path] : undefined;
      return (
        own ??
        commonMeaning(path, event) ??
        (path.startsWith("github.event.") ? payloadMeaning(path, event) : undefined)
      );
    },
    describe: (values: ReadonlyMap<string, Value>) => describeEvent(trigger, meanings, values, options.isFork === true),
  };
}
