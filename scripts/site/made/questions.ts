/** A page for each question of the interview. */

import { questions } from "../../../lib/notebook/interview/questions/index.js";
import { filled } from "../../../lib/notebook/interview/words.js";
import { html, type Html } from "../../../site/models/html.js";
import { questionHref } from "./claims.js";
import type { WithCard } from "./models.js";
import { shortened } from "./words.js";

const LEVELS = ["", "every interview", "those who have built one", "the hardest"];

/** @param titles of the notebooks, by name */
export function questionPages(titles: ReadonlyMap<string, string>): WithCard[] {
  const link = (at: string): Html => {
    const [notebook, cell] = at.split("#");
    return html`<a href="../${notebook}.html#cell-id=${cell}">${titles.get(notebook) ?? notebook}, cell ${cell}</a>`;
  };
  return questions.map((one): WithCard => {
    const answer = filled(one, one.answer);
    const main = html`<article class="small-page">
      <p class="small-kind"><a href="../12-interview.html">Question</a> of level ${one.level}, ${LEVELS[one.level]}</p>
      <h1>${one.question}</h1>
      <p class="small-words">${answer}</p>
      <p class="run-where">The proof runs in ${link(one.proof.at)}</p>
      <h2>Then they ask</h2>
      <p><i>${one.then.question}</i> ${filled(one, one.then.answer)}</p>
      <h2>Often heard, and wrong</h2>
      <p>“${one.wrong.says}” ${filled(one, one.wrong.but)}</p>
      <p class="run-where">That runs in ${link(one.wrong.proof.at)}</p>
    </article>`;
    return {
      href: questionHref(one.id),
      title: one.question,
      description: shortened(answer, 180),
      main,
      menu: "claims.html",
      image: `cards/questions/${one.id}.png`,
      card: {
        kind: `Question, level ${one.level}`,
        words: one.question,
        note: "The answer, and the code that proves it",
      },
    };
  });
}
