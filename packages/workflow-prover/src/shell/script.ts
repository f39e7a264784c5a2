import { parse } from "unbash";
import { CannotTell } from "../choices.ts";
import type { ScriptOutcome, ScriptSettings } from "./control.ts";
import { Interpreter } from "./interpreter.ts";

/** Simulates a script of `bash` or `sh`. @throws CannotTell with the line of the first command that cannot be simulated */
export function runScript(script: string, settings: ScriptSettings): ScriptOutcome {
  const key = JSON.stringify([script, [...settings.env], settings.stops, settings.pipefail, settings.followsUnknown]);
  const known = OUTCOMES.get(key) ?? outcomeOf(script, settings);
  // Cached, because the same gate is evaluated for each job and event, mostly with the same values.
  if (OUTCOMES.size >= MAX_OUTCOMES) OUTCOMES.clear();
  OUTCOMES.set(key, known);
  if (known instanceof CannotTell) throw known;
  return known;
}

const OUTCOMES = new Map<string, ScriptOutcome | CannotTell>();
const MAX_OUTCOMES = 2000;

function outcomeOf(script: string, settings: ScriptSettings): ScriptOutcome | CannotTell {
  const ast = parse(script);
  const [fault] = ast.errors ?? [];
  if (fault !== undefined) return new CannotTell(`the script, which bash cannot read (${fault.message})`);
  try {
    return new Interpreter(script, settings).run(ast);
  } catch (error) {
    if (error instanceof CannotTell) return error;
    throw error;
  }
}
