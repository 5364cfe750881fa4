/** The legend of all figures: what each color stands for. Without Observable Plot, so that a figure without axes is small in a page. */

import { LETTER, lettersOf, shorten } from "../options.js";
import type { ColorName } from "../palette.js";
import { dashedBox, fill, muted, px, rect, stroke, twoWords } from "./svg.js";

export interface LegendEntry {
  readonly name: string;
  /** Words behind the name, such as the last value of a line. */
  readonly value?: string;
  readonly color: ColorName;
  /** True where the value is bad news. */
  readonly alarm?: boolean;
  /** How the figure draws it. Default: a square. */
  readonly sign?: Sign;
}

export interface Legend {
  /** px; 0 where it has no entries. */
  readonly height: number;
  /** Its markup at the left edge of the picture, with its upper edge at y. */
  at(y: number): string;
}

const LINE = 18; // px
const LEFT = 2; // px, as the title
const TEXT = 16; // px from the sign to its name
const GAP = 16; // px between entries
const BEFORE_VALUE = 6; // px

/** The entries from the left, in as many lines as a picture of this width needs. A name that is longer than a line is cut. */
export function legend(entries: readonly LegendEntry[], width: number): Legend {
  let [x, y] = [LEFT, 0];
  const parts = entries.map(({ name, value = "", color, alarm = false, sign = square }) => {
    const valueWidth = value ? BEFORE_VALUE + LETTER.smallBold * lettersOf(value) : 0;
    const room = Math.max(4, Math.floor((width - LEFT - TEXT - valueWidth) / LETTER.small));
    const shown = shorten(name, room);
    const nameWidth = LETTER.small * lettersOf(shown);
    const own = TEXT + nameWidth + valueWidth;
    if (x > LEFT && x + own > width) [x, y] = [LEFT, y + LINE];
    const look = `font-weight="600" ${fill(alarm ? "alarm" : "ink")}`;
    const second = { text: value, look };
    const part = sign(color, x, y + 8) + twoWords(x + TEXT, y + 12, { text: shown, look: muted }, second, BEFORE_VALUE);
    x += own + GAP;
    return part;
  });
  const group = `class="legend" font-size="11" text-anchor="start"`;
  return {
    height: entries.length > 0 ? y + LINE : 0,
    at: (top) => (entries.length > 0 ? `<g ${group} transform="translate(0,${px(top)})">${parts.join("")}</g>` : ""),
  };
}

/** How a figure draws a color, between x and x + 12 with its middle at height y. */
export type Sign = (name: ColorName, x: number, y: number) => string;

const square: Sign = (name, x, y) => rect(x + 1, y - 5, 10, 10, `rx="2" ${fill(name)}`);
export const dashedSquare: Sign = (name, x, y) => rect(x + 1, y - 5, 10, 10, dashedBox(name));
export const dot: Sign = (name, x, y) => `<circle cx="${px(x + 6)}" cy="${px(y)}" r="4.5" ${fill(name)}/>`;
export const ring: Sign = (name, x, y) =>
  `<circle cx="${px(x + 6)}" cy="${px(y)}" r="4" ${fill("background")} ${stroke(name)} stroke-width="2"/>`;
export const line: Sign = (name, x, y) => `<path d="M${px(x)},${px(y)}h12" ${stroke(name)} stroke-width="2"/>`;
