import type { Trigger, YamlNode } from "@release-actions/workflow";
import { choiceVariable, type Meaning, meaningOfVariable, textVariable, type Value } from "../variable.ts";

/** The inputs of `workflow_dispatch`: typed in `inputs`, and as strings in `github.event.inputs`. */
export function inputMeanings({ event, filters }: Trigger): Record<string, Meaning> {
  if (event !== "workflow_dispatch") return {};
  const inputs = filters.get("inputs").entries();
  return Object.fromEntries(
    inputs.flatMap(([name, input]): [string, Meaning][] => {
      const key = `inputs.${name.toLowerCase()}`;
      const type = input.get("type").text ?? "string";
      // The event contains booleans as strings. They have a key of their own, since the typed value is a different one.
      const asText = meaningOfVariable(choiceVariable(`github.event.${key}`, ["true", "false"]));
      return [
        [key, openInput(key, type, input)],
        [`github.event.${key}`, type === "boolean" ? asText : openInput(key, type, input)],
      ];
    }),
  );
}

/** An input whose value comes from a person or another repository. */
export function openInput(key: string, type: string, input: YamlNode): Meaning {
  if (type === "boolean") return meaningOfVariable(choiceVariable(key, [true, false]));
  if (type === "choice") return meaningOfVariable(choiceVariable(key, input.get("options").texts()));
  if (type === "number") return meaningOfVariable({ key, type: { kind: "number", least: Number.NEGATIVE_INFINITY } });
  return meaningOfVariable(textVariable(key));
}

/** The value of an input that the caller does not give: its default, or else the empty value of its type. */
export function absentInput(type: string, input: YamlNode): Value {
  const given = input.get("default").value;
  if (typeof given === "string" || typeof given === "number" || typeof given === "boolean") return given;
  if (type === "boolean") return false;
  return type === "number" ? 0 : "";
}
