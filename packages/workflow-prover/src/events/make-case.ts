import type { Trigger } from "@release-actions/workflow";
import type { EventCase } from "../variable.ts";
import { ABSENT, choiceVariable, constant, type Meaning, meaningOfVariable, OBJECT } from "../variable.ts";
import { activityTypesOf } from "./activity-types.ts";
import { inputMeanings } from "./inputs.ts";
import { payloadMeaning } from "./payload.ts";
import { COMMON } from "./repository.ts";
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
    ...COMMON,
    "github.event_name": constant(event),
    ...inputMeanings(trigger),
    ...own,
  };
  if (types !== undefined)
    meanings["github.event.action"] =
      types.length === 0 ? ABSENT : meaningOfVariable(choiceVariable("github.event.action", types));
  return {
    event,
    isFork: options.isFork === true,
    meaning: (path) => {
      if (path === "github" || path === "github.event" || path === "inputs") return OBJECT;
      if (Object.hasOwn(meanings, path)) return meanings[path];
      if (path.startsWith("inputs.")) return ABSENT;
      return path.startsWith("github.event.") ? payloadMeaning(path, event) : undefined;
    },
    describe: (values) => describeEvent(trigger, meanings, values, options.isFork === true),
  };
}
