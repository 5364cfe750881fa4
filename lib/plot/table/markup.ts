import { escapeHtml } from "../escape.js";
import { percent } from "../../text/numbers.js";

/** HTML that was made here: words that go into it have been escaped. */
export class Html {
  constructor(readonly markup: string) {}
}

/** One cell of a table. JupyterLab would set numbers and words alike flush right, and break shapes into several lines.
 *  @param content words, which are escaped, or markup */
export function cell(tag: "th" | "td", content: string | Html, right = false): string {
  const side = right ? "right" : "left";
  const inner = typeof content === "string" ? escapeHtml(content) : content.markup;
  return `<${tag} align="${side}" style="text-align:${side};padding:2px 12px 2px 2px;white-space:nowrap">${inner}</${tag}>`;
}

export const bold = (words: string): Html => new Html(`<b>${escapeHtml(words)}</b>`);

/** A share of the whole: a bar in a blue that shows on a light and on a dark ground, and the percentage. Nothing where there is no
 *  whole. @param full pixels of a bar that is all of it */
export function shareBar(share: number, full: number): Html {
  if (!Number.isFinite(share)) return new Html("");
  const width = Math.max(1, Math.round(share * full));
  const bar = `display:inline-block;height:8px;margin-right:6px;width:${width}px;background-color:#3f8fc4`;
  return new Html(`<span style="${bar}"></span>${percent(share)}`);
}

/** @param head,rows cells, as markup */
export const table = (head: readonly string[], rows: readonly string[]): string =>
  `<table style="border-collapse:collapse;font-size:12px;margin:4px 0"><thead><tr>${head.join("")}</tr></thead>` +
  `<tbody>${rows.join("")}</tbody></table>`;
