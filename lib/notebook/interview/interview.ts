/** The interview in a notebook: the list, the evening's path, and whether each proof is there. */

import { checkWord } from "../../config/options.js";
import type { HtmlFigure } from "../../plot/figure.js";
import { table } from "../../plot/table/table.js";
import { escapeHtml } from "../../plot/escape.js";
import { block, folded } from "./page.js";
import type { Asked, Level } from "./question.js";
import { questions } from "./questions/index.js";
import { filled, linkOf } from "./words.js";

const LEVELS = ["every interview", "those who have built one", "the hardest"];

/** The questions of the one-evening path, in the order of their cells. */
const STOPS: readonly string[] = [
  ...["total-active", "router", "one-expert", "faster", "not-56", "collapse", "balance-value", "cure-by-capacity"],
  ...["capacity", "few-per-step", "batch-reading", "memory", "specialists", "which-wins"],
];

/** The questions of one level, each folded over its short answer, the cell that proves it, the follow-up, and the common wrong answer
 *  with the run that refutes it. @param level 1, 2 or 3 */
export function interview(level: Level): HtmlFigure {
  checkWord("interview", "level", String(level), ["1", "2", "3"]);
  const own = questions.filter((one) => one.level === level);
  const title = `Level ${level}, ${LEVELS[level - 1]}: ${own.length} questions`;
  return block("interview", title, own.map((one) => folded(one)), own.map(({ id }) => id)); // prettier-ignore
}

/** The one-evening path: what to open, for how many minutes, and the question that you can then answer. */
export function evening(): HtmlFigure {
  const minutesOf = (all: readonly Asked[]): number => all.reduce((sum, one) => sum + (one.evening ?? 0), 0);
  const path = STOPS.map((id) => questions.find((one) => one.id === id)!);
  const cells = [...new Set(path.map(({ proof }) => proof.at))]; // two questions at one cell are one stop
  const items = cells.map((at) => {
    const own = path.filter(({ proof }) => proof.at === at);
    const { href, words } = linkOf(at);
    const asked = own.map(({ question }) => escapeHtml(question)).join(" ");
    return `<p style="margin:4px 0"><b>${minutesOf(own)} min</b> · <a href="${escapeHtml(href)}">${words}</a> · ${asked}</p>`;
  });
  const minutes = minutesOf(path);
  return block("evening", `One evening: ${cells.length} stops, about ${minutes} minutes`, items, {
    minutes,
    at: cells,
  });
}

/** Counts of the questions by level and theme. */
export function interviewThemes(): HtmlFigure {
  const themes = [...new Set(questions.map(({ theme }) => theme))];
  const count = (theme: string, level: Level): number =>
    questions.filter((one) => one.theme === theme && one.level === level).length;
  const rows = themes.map((theme) => ({ theme, "level 1": count(theme, 1), "level 2": count(theme, 2), "level 3": count(theme, 3) })); // prettier-ignore
  return table(rows, { title: `${questions.length} questions` });
}

/** How many proofs the questions name, and which of them are no code cell of the notebooks in a folder. @param folder "." in a notebook */
export function interviewProofs(folder: string): { questions: number; proofs: number; missing: string[] } {
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const cells = new Map<string, string[]>();
  const inNotebook = (name: string): string[] => {
    if (!cells.has(name)) {
      const text = readFileSync(`${folder}/${name}.ipynb`, "utf8");
      const all = (JSON.parse(text) as { cells: { id: string; cell_type: string }[] }).cells;
      cells.set(name, all.filter((cell) => cell.cell_type === "code").map(({ id }) => id)); // prettier-ignore
    }
    return cells.get(name)!;
  };
  const named = questions.flatMap(({ proof, wrong }) => [proof.at, wrong.proof.at]);
  const missing = [...new Set(named)].filter((at) => !inNotebook(at.split("#")[0]).includes(at.split("#")[1]));
  return { questions: questions.length, proofs: named.length, missing };
}

/** A question as plain text, for other programs: the cards of Anki. */
export const asText = (
  one: Asked,
): Record<"question" | "answer" | "then" | "thenAnswer" | "wrong" | "but", string> => ({
  question: one.question,
  answer: filled(one, one.answer),
  then: one.then.question,
  thenAnswer: filled(one, one.then.answer),
  wrong: one.wrong.says,
  but: filled(one, one.wrong.but),
});
