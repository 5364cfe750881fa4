import type { Found } from "./csv.js";
import { valueOf } from "./text.js";

/** A step as Megatron-LM and its relatives print it: " iteration 100/ 1000 | consumed samples: 25600 | lm loss: 6.1E+00 | …", with
 *  whatever a launcher writes before it. */
const STEP = /\biteration\s+(\d+)\s*\/\s*\d+\s*\|(.*)/;
/** What it prints of held-out text: " validation loss at iteration 1000 | lm loss value: 2.3E+00 | lm loss PPL: 1.0E+01 |". */
const HELD_OUT = /\bvalidation loss at iteration\s+(\d+)(?:\s+on\s+(\w+)\s+set)?\s*\|(.*)/;

export const isMegatron = (text: string): boolean => STEP.test(text) || HELD_OUT.test(text);

/** The rows of such a log; other lines are not of it. */
export function megatronRows(text: string): Found[] {
  return text.split("\n").flatMap((line, i): Found[] => {
    const heldOut = HELD_OUT.exec(line);
    if (heldOut) {
      const [, iteration, set = "validation", rest] = heldOut;
      const row: Record<string, unknown> = { iteration: Number(iteration) };
      for (const [name, value] of Object.entries(pieces(rest))) row[`${name.replace(/ value$/, "")} ${set}`] = value;
      return [{ where: `line ${i + 1}`, row }];
    }
    const step = STEP.exec(line);
    return step ? [{ where: `line ${i + 1}`, row: { iteration: Number(step[1]), ...pieces(step[2]) } }] : [];
  });
}

/** "a: 1 | b: 2 |" as { a: 1, b: 2 }. What follows the last bar was written by somebody else. */
function pieces(text: string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const part of text.split("|").slice(0, -1)) {
    const at = part.lastIndexOf(":");
    if (at >= 0) values[part.slice(0, at).trim()] = valueOf(part.slice(at + 1));
  }
  return values;
}
