/** One head drawn: tokens at both sides, and lines between them. */

import { percent } from "../../../text/numbers.js";
import { escapeHtml } from "../../escape.js";
import { Figure } from "../../figure.js";
import { below, fill, muted, picture, stroke, words } from "../../marks/svg.js";
import type { Head as Words } from "../../options.js";
import { fit, widthOf } from "../fit.js";
import { type Head, nameOf, type SeenHead } from "./heads.js";

/** The smallest weight that gets a line and is said. */
export const LEAST = 0.05;
export const ROW = 22; // px of a token
export const LINES = 170; // px from the tokens of the left to those of the right
const STRENGTHS = 4;

/** Strength of a weight from 0, nothing, to 4. The root makes also an attention that is spread out visible. */
export const strengthOf = (weight: number): number => Math.round(Math.sqrt(Math.min(weight, 1)) * STRENGTHS) || 0;
export const opacityOf = (strength: number): number => strength / STRENGTHS;

/** The keys that the token at `query` looks at, of those shown. */
export const looksAt = ({ weights }: Head, query: number, length: number): number[] =>
  Array.from({ length }, (_, key) => key).filter((key) => weights[query][key] >= LEAST);

export const isBroken = ({ weights }: Head, query: number): boolean => weights[query].some(Number.isNaN);

/** A group for each token that looks, with its lines; those of one strength are one path. */
export function lineGroups(head: Head, length: number): string[] {
  return Array.from({ length }, (_, query) => {
    const paths = new Map<number, string>();
    for (const key of looksAt(head, query, length)) {
      const strength = strengthOf(head.weights[query][key]);
      const line = `M0,${(query + 0.5) * ROW}L${LINES},${(key + 0.5) * ROW}`;
      paths.set(strength, (paths.get(strength) ?? "") + line);
    }
    return [...paths].map(([strength, d]) => `<path opacity="${opacityOf(strength)}" d="${d}"/>`).join("");
  });
}

/** Whole percents: there is room for no more. */
export const rounded = (weight: number): string => percent(Math.round(weight * 100) / 100);

/** What the head does, in a few words: "looks at the token before (83 %)". */
export const looks = ({ place, share }: SeenHead): string =>
  place === "no one place" ? "looks at no one place" : `looks at ${place} (${rounded(share)})`;

/** The first head with the first token, for places that keep no styles; and the words for those who see neither. */
export function stillFigure(
  head: SeenHead | undefined,
  token: number,
  tokens: readonly string[],
  title: Words,
  width: number,
): Figure {
  const top = below(title, width) + 20;
  const height = head ? top + tokens.length * ROW + 8 : below(title, width) + 8;
  const side = Math.max(30, Math.min(140, (width - LINES - 60) / 2)); // of a column of tokens
  const right = side + 16 + LINES;
  const marks = head ? drawn(head, token, tokens, { top, side, right }) : "";
  const name = head
    ? words(2, top - 8, `${nameOf(head)} ${looks(head)}`, `font-size="12" font-weight="600" ${fill("ink")}`)
    : "";
  return new Figure({
    name: "attention",
    width,
    height,
    markup: picture(width, height, title, name + marks),
    description: `${title.title}.${head ? ` ${sentence(head, token, tokens)}` : ""}`,
    facts: null,
  });
}

function drawn(
  head: SeenHead,
  token: number,
  tokens: readonly string[],
  { top, side, right }: { readonly top: number; readonly side: number; readonly right: number },
): string {
  const at = new Set(looksAt(head, token, tokens.length));
  const lines = lineGroups(head, tokens.length).map((group, query) =>
    group ? `<g ${query === token ? `stroke-width="2.5"` : `stroke-width="1" opacity="0.35"`}>${group}</g>` : "",
  );
  const column = tokens.map((text, i) => {
    const y = top + i * ROW + 15;
    const hint = `<title>${escapeHtml(text)}</title>`;
    const strong = (is: boolean): string => (is ? `font-weight="600" ${fill("ink")}` : muted);
    const left = words(side + 8, y, fit(text, side), `text-anchor="end" ${strong(i === token)}`);
    const share = at.has(i) ? `${rounded(head.weights[token][i])}  ` : "";
    const end = words(right + 8, y, share + fit(text, side - widthOf(share)), strong(at.has(i)));
    return `<g>${hint}${left}${end}</g>`;
  });
  const first = `<g transform="translate(${side + 16},${top})" fill="none" ${stroke("third")}>${lines.join("")}</g>`;
  return first + column.join("");
}

/** "In layer 1, head 2, “sat” looks at “the” 12 % and “cat” 80 %." */
export function sentence(head: SeenHead, token: number, tokens: readonly string[]): string {
  const who = `In ${nameOf(head)}, “${tokens[token]}”`;
  if (isBroken(head, token)) return `${who} has weights that are not numbers.`;
  const all = looksAt(head, token, tokens.length).map((key) => `“${tokens[key]}” ${rounded(head.weights[token][key])}`);
  return all.length > 0
    ? `${who} looks at ${all.join(", ")}.`
    : `${who} looks at nothing with ${percent(LEAST)} or more.`;
}
