/** The key of all color scales: which number has which color. Without Observable Plot, as legends are. */

import { LETTER, type Head, headLines, lettersOf } from "../options.js";
import type { ColorName } from "../palette.js";
import { below as belowHead, muted, px, rect, stroke, words } from "./svg.js";

export interface ColorScale {
  /** The colors from the lowest number to the highest, each from −1 (full color below) to 1 (full color above); 0 is the ground's own. */
  readonly strengths: readonly number[];
  /** Colors of both sides; default those of below and above the fair value. */
  readonly below?: ColorName;
  readonly above?: ColorName;
  /** The numbers at both ends. */
  readonly low: string;
  readonly high: string;
  /** A number between, and where it stands: 0 at the lowest, 1 at the highest. */
  readonly middle?: { readonly text: string; readonly at: number };
}

export interface ColorKey {
  /** px */
  readonly width: number;
  readonly height: number;
  /** Its markup with its upper left corner at x, y. */
  at(x: number, y: number): string;
}

const BAR = { width: 100, height: 11, top: 5 }; // px
const GAP = 6; // px between the bar and a number
const BASE = 15; // px down to the baseline of the numbers
const AIR = 16; // px between it and other words
const BELOW = 14; // px from there to the number between

export function colorKey({ strengths, below = "dense", above = "moe", low, high, middle }: ColorScale): ColorKey {
  const left = LETTER.small * lettersOf(low) + GAP;
  const right = left + BAR.width;
  const step = BAR.width / strengths.length;
  // Strokes as thick as the bar is high: fewer bytes than rectangles.
  const middleOf = BAR.top + BAR.height / 2;
  const side = (name: ColorName, isOwn: (strength: number) => boolean): string => {
    const own = strengths.map((strength, i) =>
      isOwn(strength)
        ? `<path d="M${px(left + i * step)},${middleOf}h${px(step)}" stroke-opacity="${px(Math.abs(strength))}"/>`
        : "",
    );
    const all = own.join("");
    return all && `<g ${stroke(name)} stroke-width="${BAR.height}" shape-rendering="crispEdges">${all}</g>`;
  };
  const swatches = side(below, (strength) => strength < 0) + side(above, (strength) => strength > 0);
  const frame = rect(left - 0.5, BAR.top - 0.5, BAR.width + 1, BAR.height + 1, `fill="none" ${stroke("grid")}`);
  const between = middle ? words(left + BAR.width * middle.at, BASE + BELOW, middle.text, `text-anchor="middle"`) : "";
  const body =
    swatches + frame + words(left - GAP, BASE, low, `text-anchor="end"`) + words(right + GAP, BASE, high) + between;
  return {
    width: right + GAP + LETTER.small * lettersOf(high),
    height: BAR.top + BAR.height + 2 + (middle ? BELOW : 0),
    at: (x, y) =>
      `<g class="key" font-size="11" text-anchor="start" ${muted} transform="translate(${px(x)},${px(y)})">${body}</g>`,
  };
}

/** Where it stands: at the right of the words above the drawing, or below them where these are long; and how much lower the drawing
 *  then begins. */
export function keyPlace(key: ColorKey, head: Head, width: number): { x: number; y: number; height: number } {
  const { lines, width: taken } = headLines(head, width);
  const top = lines.length > 0 ? belowHead(head, width) : 0;
  return taken + AIR + key.width <= width
    ? { x: width - key.width - 2, y: 0, height: Math.max(0, key.height - top) }
    : { x: 2, y: top - 4, height: key.height + 2 };
}
