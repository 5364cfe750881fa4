/** A key of colors: signs with a name and a value beside them, in as many lines as the width needs. */

import { shorten } from "../../endLabels.js";
import { lettersOf } from "../../options.js";
import { color, type ColorName } from "../../palette.js";
import { px, words } from "../../routing/svg.js";

export interface KeyEntry {
  readonly name: string;
  readonly value?: string;
  readonly color: ColorName;
  /** What it stands for in the picture. Default "square". */
  readonly sign?: "square" | "dot" | "ring" | "line" | "dashes";
}

export interface PlacedKey {
  readonly height: number;
  /** Its upper left corner at x 0, y 0. */
  readonly markup: string;
}

const LINE = 18; // px
const LETTER = 7.6; // px of bold 12 px type
const SMALL = 6.8; // px of 11 px type
const SIGN = 18; // px
const GAP = 18; // px between entries

export function placeKey(entries: readonly KeyEntry[], width: number): PlacedKey {
  let [x, y] = [2, 0];
  const parts = entries.map(({ name, value = "", color: tint, sign = "square" }) => {
    const room = (width - SIGN) / LETTER - (value ? lettersOf(value) + 1 : 0);
    const shown = shorten(name, Math.max(4, Math.min(40, Math.floor(room))));
    const first = LETTER * lettersOf(shown);
    const size = SIGN + first + (value ? 10 + SMALL * lettersOf(value) : 0);
    if (x > 2 && x + size > width) [x, y] = [2, y + LINE];
    const own =
      signMarkup(sign, tint, x, y + 8) +
      words(x + SIGN, y + 12, shown, `font-weight="600" fill="${color(tint)}"`) +
      (value ? words(x + SIGN + first + 10, y + 12, value, `font-size="11" fill="${color("muted")}"`) : "");
    x += size + GAP;
    return own;
  });
  const height = entries.length > 0 ? y + LINE + 6 : 0;
  return { height, markup: `<g class="key" font-size="12" text-anchor="start">${parts.join("")}</g>` };
}

/** Tags are closed by name: what reads it as HTML knows no other way. */
function signMarkup(sign: NonNullable<KeyEntry["sign"]>, tint: ColorName, x: number, y: number): string {
  const [fill, stroke] = [`fill="${color(tint)}"`, `stroke="${color(tint)}" stroke-width="2"`];
  const middle = `cx="${px(x + 6)}" cy="${px(y)}"`;
  return {
    square: `<rect x="${px(x + 1)}" y="${px(y - 5)}" width="10" height="10" rx="2" ${fill}></rect>`,
    dot: `<circle ${middle} r="4.5" ${fill}></circle>`,
    ring: `<circle ${middle} r="4" fill="${color("background")}" ${stroke}></circle>`,
    line: `<path d="M${px(x)},${px(y)}h12" ${stroke}></path>`,
    dashes: `<path d="M${px(x)},${px(y)}h12" ${stroke} stroke-dasharray="4,3"></path>`,
  }[sign];
}
