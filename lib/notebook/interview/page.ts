/** How the interview is shown below a cell: plain elements, folded, with links to the proofs. */

import { escapeHtml } from "../../plot/escape.js";
import { HtmlFigure } from "../../plot/figure.js";
import { color, paletteRules, themeStyle } from "../../plot/palette.js";
import type { Asked } from "./question.js";
import { filled, linkOf } from "./words.js";

const link = (at: string): string => {
  const { href, words } = linkOf(at);
  return `<a href="${escapeHtml(href)}">${escapeHtml(words)}</a>`;
};

/** Answer, proof, follow-up and the wrong answer, whose refutation unfolds: first think of one. */
export function answered(one: Asked): string {
  const said = (text: string): string => escapeHtml(filled(one, text));
  const line = (head: string, body: string): string => `<p style="margin:4px 0"><b>${head}</b> ${body}</p>`;
  return (
    line("Answer.", `${said(one.answer)} <i>Proof: ${link(one.proof.at)}.</i>`) +
    line("Then they ask:", `<i>${escapeHtml(one.then.question)}</i> ${said(one.then.answer)}`) +
    `<details style="margin:4px 0"><summary style="cursor:pointer"><b>Often heard, and wrong:</b> “${escapeHtml(one.wrong.says)}” <i>Why?</i></summary>` +
    `<div style="padding-left:16px">${said(one.wrong.but)} <i>Run: ${link(one.wrong.proof.at)}.</i></div></details>`
  );
}

/** A question that unfolds to its answer. `mark` stands before it: whether a guess was right, for example. */
export function folded(one: Asked, mark = ""): string {
  const head = `${mark ? `<b>${escapeHtml(mark)}</b> ` : ""}${escapeHtml(one.question)}`;
  return (
    `<details data-question="${one.id}" style="margin:0;padding:6px 0;border-bottom:1px solid ${color("grid")}">` +
    `<summary style="cursor:pointer">${head}</summary><div style="padding:2px 0 4px 16px">${answered(one)}</div></details>`
  );
}

/** A block of them. */
export function block(name: string, title: string, items: readonly string[], facts: unknown): HtmlFigure {
  const description = `${title}: ${items.length} questions`;
  return new HtmlFigure({
    name,
    description,
    facts,
    html: ({ theme = "auto" }) =>
      `<div class="twinformer" role="group" aria-label="${escapeHtml(description)}" style="font-size:14px;line-height:1.5;max-width:720px${themeStyle(theme)}">` +
      `<style>${paletteRules()}</style><p style="font-weight:600;margin:6px 0">${escapeHtml(title)}</p>${items.join("")}</div>`,
  });
}
