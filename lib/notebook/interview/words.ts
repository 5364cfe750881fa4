/** The answers in words: values of the runs in the places that the data leave for them. */

import { digits, grouped, inBytes, inWords, percent } from "../../text/numbers.js";
import type { Question, Value } from "./question.js";

/** All values of a question's proofs, by name. */
export const valuesOf = ({ proof, wrong }: Question): Readonly<Record<string, Value>> => ({
  ...proof.values,
  ...wrong.proof.values,
});

/** "46.7 billion", "93.4 GB", "96.6 %"; of a value that depends on the run: "more than 1". */
export function valueInWords(value: Value): string {
  if ("is" in value) return typeof value.is === "number" ? numberInWords(value.is, value) : String(value.is);
  if ("above" in value) return `more than ${numberInWords(value.above, value)}`;
  return `less than ${numberInWords(value.below, value)}`;
}

function numberInWords(value: number, { as }: Value): string {
  if (as === "billion") return inWords(value);
  if (as === "bytes") return inBytes(value);
  if (as === "percent") return percent(value);
  return Number.isInteger(value) ? grouped(value) : digits(value);
}

/** A text of a question with its values. @param text with names in braces: "of {total} parameters" */
export function filled(question: Question, text: string): string {
  const values = valuesOf(question);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) throw new Error(`the question ${question.id} has no value {${name}}`);
    return valueInWords(values[name]);
  });
}

/** "05-parameters.ipynb#total-active": where the proof is, from the folder of the notebooks. */
export function linkOf(at: string): { readonly href: string; readonly words: string } {
  const [notebook, cell] = at.split("#");
  return { href: `${notebook}.ipynb#cell-id=${cell}`, words: `notebook ${notebook.slice(0, 2)}, cell ${cell}` };
}
