import { escapeHtml } from "../escape.js";
import { type Head, headHeight, headLines } from "../options.js";
import { color, type ColorName } from "../palette.js";

/** Width of a space, which stands before words behind others: who copies the text gets it, too. */
export const SPACE = 3; // px
const FAR = 100_000; // px, out of every picture

/** Pixels rounded to 1/100. No browser reads NaN or 1e+308: what is no place is 0, and what is far away lies just outside. */
export const px = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.round(Math.max(-FAR, Math.min(FAR, value)) * 100) / 100;

/** Words at a place; `look` holds further attributes. */
export function words(x: number, y: number, text: string, look = ""): string {
  return `<text x="${px(x)}" y="${px(y)}"${look ? ` ${look}` : ""}>${escapeHtml(text)}</text>`;
}

/** Words and, behind them, others of another look: in one text, so that no guessed width stands between them. */
export function twoWords(x: number, y: number, first: Words, second: Words, gap = 6): string {
  const after = second.text ? `<tspan dx="${gap - SPACE}" ${second.look}> ${escapeHtml(second.text)}</tspan>` : "";
  return `<text x="${px(x)}" y="${px(y)}" ${first.look}>${escapeHtml(first.text)}${after}</text>`;
}

interface Words {
  readonly text: string;
  readonly look: string;
}

export function rect(x: number, y: number, width: number, height: number, look: string, tooltip = ""): string {
  const at = `x="${px(x)}" y="${px(y)}" width="${px(Math.max(width, 0))}" height="${px(Math.max(height, 0))}" ${look}`;
  return tooltip ? `<rect ${at}><title>${escapeHtml(tooltip)}</title></rect>` : `<rect ${at}/>`;
}

export const fill = (name: ColorName): string => `fill="${color(name)}"`;
export const stroke = (name: ColorName): string => `stroke="${color(name)}"`;
export const muted = fill("muted");
/** A box for what is not there. */
export const dashedBox = (name: ColorName): string =>
  `${fill("background")} ${stroke(name)} stroke-width="1.2" stroke-dasharray="3,2"`;

/** Where the drawing may begin, below the title and the subtitle. */
export const below = (head: Head, width: number): number => headHeight(head, width) + 8;

/** The whole drawing: title, subtitle, and what is below them. */
export function picture(width: number, height: number, head: Head, body: string): string {
  const look = `fill="currentColor" font-family="system-ui, sans-serif" font-size="12" text-anchor="start"`;
  return (
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${look}>` +
    headLines(head, width)
      .lines.map(({ text, y, isTitle }) =>
        words(2, y, text, isTitle ? `font-size="14" font-weight="600" ${fill("ink")}` : muted),
      )
      .join("") +
    `${body}</svg>`
  );
}

/** What stands in the place of a drawing that has no rows. */
export const nothing = (head: Head, width: number, height: number, text = "no rows yet"): string =>
  words(width / 2, (below(head, width) + height) / 2, text, `text-anchor="middle" ${muted}`);
