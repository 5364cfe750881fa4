/** The score as markup: four numbers drawn against each other, and every token behind them. */

import { html, Html, tableOf } from "../models/html.js";
import type { Game, UsualToken } from "./messages.js";
import { visible } from "./text.js";
import { besides, explanation, type Nats, type Score, shown, signed, verdict } from "./totals.js";

const NAMES: readonly (readonly [keyof Nats, string])[] = [
  ["you", "You"],
  ["learned", "The learned router"],
  ["chance", "Chance, on average"],
  ["best", "The best of all choices"],
];

/** @param choices all, as lists of experts */
export function resultOf(game: Game, score: Score, choices: readonly (readonly number[])[]): Html {
  return html`<p class="router-verdict">${verdict(score)}</p>
    ${barsOf(score)}
    <ul>
      ${besides(score, choices.length).map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
    ${explanation(score) === "" ? html`` : html`<p>${explanation(score)}</p>`}
    <details class="model-folded">
      <summary>All ${score.tokens.length} tokens: each choice and what it costs</summary>
      ${tokensOf(game, score, choices)}
    </details>`;
}

/** The four means as bars from the learned router's, the least nats first. */
function barsOf({ mean }: Score): Html {
  const rows = NAMES.map(([key, name]) => ({ key, name, nats: mean[key], more: mean[key] - mean.learned }));
  const low = Math.min(0, ...rows.map(({ more }) => more));
  const high = Math.max(0, ...rows.map(({ more }) => more));
  const at = (more: number): number => (high > low ? (100 * (more - low)) / (high - low) : 0);
  const zero = at(0).toFixed(2);
  const lines = [...rows]
    .sort((a, b) => a.nats - b.nats)
    .map(({ key, name, nats, more }) => {
      const left = Math.min(at(more), at(0)).toFixed(2);
      const width = Math.abs(at(more) - at(0)).toFixed(2);
      const bar = new Html(`<i style="left:${left}%;width:${width}%"></i><u style="left:${zero}%"></u>`);
      return html`<tr role="row" class="router-${key}">
        <th scope="row" role="rowheader">${name}</th>
        <td role="cell" class="model-number">${shown(nats)}</td>
        <td role="cell" class="model-number">${key === "learned" ? "–" : signed(more)}</td>
        <td role="cell" class="router-bar"><span aria-hidden="true">${bar}</span></td>
      </tr>`;
    });
  const caption = "Nats per token, the fewest first, and how many more than the learned router's";
  return html`<p class="model-caption">${caption}</p>
    <table role="table" class="model-table router-bars" aria-label="${caption}">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">who chooses</th>
          <th scope="col" role="columnheader" class="model-number">nats</th>
          <th scope="col" role="columnheader" class="model-number">more</th>
          <th scope="col" role="columnheader"><span class="router-said">drawn</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${lines}
      </tbody>
    </table>`;
}

function tokensOf({ words, places, scores }: Game, score: Score, choices: readonly (readonly number[])[]): Html {
  const named = (choice: number | null): string => (choice === null ? "chance" : choices[choice].join(" + "));
  const word = (text: string): Html => html`<code>${visible(text)}</code>`;
  const rows = score.tokens.map((token, n) => {
    const experts = choices[token.learnedChoice];
    const sum = experts.reduce((all, e) => all + scores[n][e], 0);
    return [
      html`${n + 1} ${word(words[places[n]])}`,
      word(words[places[n] + 1]),
      named(token.choice),
      shown(token.you),
      named(token.learnedChoice),
      `${Math.round(100 * sum)} %`,
      shown(token.learned),
      named(token.bestChoice),
      shown(token.best),
      shown(token.chance),
    ];
  });
  return tableOf(
    "Nats that each next token costs; “sure”: the probability that the learned router gives its experts together",
    ["token", "next", "you", "#nats", "learned", "#sure", "#nats", "best", "#nats", "#chance"],
    rows,
  );
}

/** What experts usually get, with numbers. */
export function usualTable(usual: readonly (readonly UsualToken[])[], tokens: number, topK: number): Html {
  const rows = usual.map((own, e) => [
    `Expert ${e}`,
    html`${own.map(({ word, count, share }, i) => html`${i > 0 ? ", " : ""}<code>${visible(word)}</code> ${count} (${Math.round(100 * share)} %)`)}`,
  ]);
  return tableOf(
    `Counted over ${tokens.toLocaleString("en")} other held-out tokens, each sent to ${topK} experts: how often, and of all its occurrences`,
    ["expert", "tokens that it gets often, and others seldom"],
    rows,
  );
}
