// The page of the interview's cards: all questions to be read, and the data that site/reading/cards.ts makes cards of.
import { pathToFileURL } from "node:url";
import path from "node:path";
import { root } from "../setup/run.mjs";

const levels = ["every interview", "those who have built one", "the hardest"];
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
/** "05-parameters#total-active" as the address of that cell. */
const addressOf = (at) => at.replace(/^([^#]+)#(.*)$/, "$1.html#cell-id=$2");

/** All questions as plain data, answers filled with the numbers of the runs. */
export async function cards() {
  const own = (file) => import(pathToFileURL(path.join(root, "dist/notebook/interview", file)).href);
  const [{ asText }, { questions }] = await Promise.all([own("interview.js"), own("questions/index.js")]);
  return questions.map((one) => ({
    ...{ id: one.id, level: one.level, theme: one.theme, ...asText(one) },
    ...{ proof: addressOf(one.proof.at), run: addressOf(one.wrong.proof.at) },
  }));
}

const item = (one) =>
  `<details id="${one.id}" class="card" data-level="${one.level}"><summary>${escaped(one.question)}</summary>` +
  `<p>${escaped(one.answer)} <a href="${one.proof}">The cell that shows it</a></p>` +
  `<p><b>And then?</b> ${escaped(one.then)} <i>${escaped(one.thenAnswer)}</i></p>` +
  `<p><b>Often said:</b> ${escaped(one.wrong)} <b>But</b> ${escaped(one.but)} <a href="${one.run}">The run that refutes it</a></p></details>`;

/** The page as Markdown: readable without any script. */
export async function cardsPage() {
  const all = await cards();
  const parts = levels.map((name, i) => {
    const own = all.filter(({ level }) => level === i + 1);
    return `## Level ${i + 1}: ${name}\n\n${own.map(item).join("")}`;
  });
  const top = `# Interview cards

${all.length} questions about transformers and mixtures of experts. Answer aloud, or write; then unfold. Numbers come from the runs of the notebooks.
With the cards, the page asks you again when you are about to forget. Answers and schedule stay in this browser.

<div class="cards-place"></div>`;
  return [top, ...parts].join("\n\n");
}
