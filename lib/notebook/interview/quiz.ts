/** The self-test: ten questions, drawn by a seed. The reader writes first; then the answers unfold. */

import { checkIntegers, checkObject } from "../../config/options.js";
import type { HtmlFigure } from "../../plot/figure.js";
import { escapeHtml } from "../../plot/escape.js";
import { Generator } from "../../tensor/random.js";
import { show } from "../../text/show.js";
import { block, folded } from "./page.js";
import type { Asked } from "./question.js";
import { questions } from "./questions/index.js";
import { valuesOf } from "./words.js";

const COUNT = 10;
/** How far an answer may lie from the number, as a share of it: nobody must know the third digit. */
const TOLERANCE = 0.03;

export interface Quiz {
  readonly questions: readonly Asked[];
  /** The ten questions, and what to write. */
  readonly paper: HtmlFigure;
  /** What was right, with the answers. @param answers by the numbers of the questions, from 1; null where there is none */
  grade(answers: Readonly<Record<number, unknown>>): HtmlFigure;
}

/** Ten questions of all levels, the same for the same seed. */
export function quiz(seed: number): Quiz {
  checkIntegers("quiz", { seed });
  const rng = new Generator(seed);
  const drawn = questions
    .map((one) => ({ one, lot: rng.uniform() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, COUNT)
    .map(({ one }) => one)
    .sort((a, b) => a.level - b.level);
  const items = drawn.map((one, i) => {
    const asks = one.ask ? `Write the number: … ${one.ask.unit}.` : "Write a sentence.";
    return `<p style="margin:6px 0"><b>${i + 1}.</b> ${escapeHtml(one.question)} <i>${escapeHtml(asks)}</i></p>`;
  });
  return {
    questions: drawn,
    paper: block("quiz", `Ten questions (seed ${seed})`, items, drawn.map(({ id }) => id)), // prettier-ignore
    grade(answers) {
      checkObject("grade", "the answers", answers);
      const marks = drawn.map((one, i) => markOf(one, answers[i + 1]));
      const numbers = drawn.filter(({ ask }) => ask).length;
      const right = marks.filter((mark) => mark.startsWith("✓")).length;
      const title = `${right} of ${numbers} numbers are right; compare your sentences with the answers`;
      return block("grade", title, drawn.map((one, i) => folded(one, `${i + 1}. ${marks[i]}:`)), { right, numbers }); // prettier-ignore
    },
  };
}

function markOf(one: Asked, answer: unknown): string {
  if (answer === undefined || answer === null || answer === "") return "○ not answered";
  if (!one.ask) return `you wrote ${show(answer)}`;
  const value = valuesOf(one)[one.ask.value];
  if (!("is" in value) || typeof value.is !== "number") return `you wrote ${show(answer)}`;
  const right = value.is / (one.ask.per ?? 1);
  const given = typeof answer === "number" ? answer : Number.NaN;
  return Math.abs(given - right) <= Math.max(TOLERANCE * Math.abs(right), 1e-9) ? "✓ right" : `✗ not ${show(answer)}`;
}
