/** Verdicts in words, and Markdown of text cells as markup. */

import { html, Html } from "../../../site/models/html.js";
import type { Tone } from "./card.js";
import { hrefOf, type Verdict } from "./runs.js";

const TONES: Readonly<Record<string, Tone>> = {
  holds: "good",
  "half true": "half",
  half: "half",
  fails: "bad",
  breaks: "bad",
};
const SIGNS: Readonly<Record<Tone, string>> = { good: "✓", half: "≈", bad: "✗", mixture: "", plain: "" };
const SAID: Readonly<Record<string, string>> = {
  half: "half true",
  breaks: "wrong",
  holds: "holds",
  fails: "fails",
  "half true": "half true",
};

export const toneOf = (verdict: string): Tone => TONES[verdict] ?? "plain";
export const saidOf = (verdict: string): string => SAID[verdict] ?? verdict;

export const chip = (verdict: string): Html =>
  html`<span class="verdict verdict-${toneOf(verdict)}" data-verdict="${verdict}"
    >${SIGNS[toneOf(verdict)]} ${saidOf(verdict)}</span
  >`;

/** "05 · Total against active parameters, cell total-active" */
export const cellLink = (cell: Verdict["cell"], up: string): Html =>
  html`<a href="${up}${hrefOf(cell)}">${cell.title}, cell ${cell.id}</a>`;

/** What one run found: its parts and numbers, and where it is. */
export const runOf = ({ cell, parts, numbers }: Verdict, up: string): Html =>
  html`<div class="run">
    ${parts ? html`<p>${parts}</p>` : html``}${numbers.length > 0 ? html`<p class="run-numbers">${numbers.map(([label, value], i) => html`${i > 0 ? " · " : ""}${label} <b>${value}</b>`)}</p>` : html``}
    <p class="run-where">Run in ${cellLink(cell, up)}</p>
  </div>`;

const MOST = 2500;
/** All values that a run left, for those who want to check. */
export function valuesOf(values: unknown): Html {
  const text = JSON.stringify(values, null, 1);
  if (text === "{}" || text === undefined) return html``;
  return html`<details class="model-folded">
    <summary>All values of this run</summary>
    <pre>${text.length > MOST ? `${text.slice(0, MOST)} …` : text}</pre>
  </details>`;
}

/** Emphasis, code and links of a paragraph of ours. */
export function inline(text: string): Html {
  const escaped = html`${text}`.text;
  return new Html(
    escaped
      .replace(/\[([^\]]*)\]\((https:[^)\s]*)\)/g, '<a href="$2" rel="noreferrer">$1</a>')
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/&#96;([^&]+)&#96;/g, "<code>$1</code>")
      .replace(/\*\*([^*]+)\*\*/g, "<b>$1</b>")
      .replace(/\*([^*]+)\*/g, "<i>$1</i>"),
  );
}

/** The same as plain words. */
export const withoutMarks = (text: string): string => text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*`]/g, "");

/** At most so many letters, cut at a word. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most).replace(/\s+\S*$/, "")} …`;
