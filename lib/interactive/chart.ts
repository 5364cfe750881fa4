/** What the pictures of this folder have in common: columns over a row of experts. Small, since pages carry it as text. */

import { ticks } from "d3";
import { digits } from "../text/numbers.js";
import { escapeHtml } from "../plot/escape.js";
import { fill, muted, px, stroke, words } from "../plot/marks/svg.js";

/** Where columns stand: a column an expert, from 0 at `bottom` to `most` at `top`. */
export interface Columns {
  readonly count: number;
  readonly most: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Left end and width of each column, with a gap where there is room for one. */
export function column({ count, left, right }: Columns, e: number): { x: number; width: number } {
  const band = (right - left) / Math.max(count, 1);
  const gap = band > 84 ? band - 80 : band > 12 ? 4 : band > 4 ? 1 : 0;
  return { x: left + e * band + gap / 2, width: band - gap };
}

/** Columns too thin for outlines. */
export const isThin = (columns: Columns): boolean => column(columns, 0).width < 5;

export const heightOf = ({ most, top, bottom }: Columns, value: number): number =>
  most > 0 ? (Math.max(0, Math.min(value, most)) / most) * (bottom - top) : 0;

/** A part of each column, from one value to another, all as one path. Thin ones are a single outline in steps: a quarter of the bytes. */
export function blocks(columns: Columns, from: (e: number) => number, to: (e: number) => number, look: string): string {
  const { count, left, right, bottom } = columns;
  const y = (value: number): number => tenth(bottom - heightOf(columns, value));
  if (!isThin(columns)) {
    const parts = Array.from({ length: count }, (_, e) => {
      const { x, width } = column(columns, e);
      const [low, high] = [y(from(e)), y(to(e))];
      return high < low ? `M${px(x)},${low}V${high}h${px(width)}V${low}z` : "";
    }).join("");
    return parts && `<path d="${parts}" ${look}/>`;
  }
  const band = (right - left) / count;
  const line = (at: (e: number) => number, experts: readonly number[], side: 0 | 1): string => {
    let [before, step] = [NaN, ""];
    for (const e of experts) {
      const own = y(at(e));
      if (own === before) continue;
      step += `H${tenth(left + (e + side) * band)}V${own}`;
      before = own;
    }
    return step;
  };
  const experts = Array.from({ length: count }, (_, e) => e);
  const top = line((e) => Math.max(to(e), from(e)), experts, 0);
  const back = line(from, [...experts].reverse(), 1);
  return `<path d="M${left},${bottom}${top}H${right}${back}H${left}z" ${look}/>`;
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** What is said where a pointer rests on a column that is wide enough to be pointed at. */
export function tooltips(columns: Columns, text: (e: number) => string): string {
  const { count, top, bottom } = columns;
  if (column(columns, 0).width < TARGET) return "";
  const areas = Array.from({ length: count }, (_, e) => {
    const { x, width } = column(columns, e);
    return `<path d="M${px(x)},${px(bottom)}V${px(top)}h${px(width)}V${px(bottom)}z"><title>${escapeHtml(text(e))}</title></path>`;
  });
  return `<g fill="none" pointer-events="all">${areas.join("")}</g>`;
}

const TARGET = 20; // px

/** Grid, numbers at the left, the experts' numbers below, and what both are.
 *  @param write how a value is written */
export function axes(columns: Columns, label: string, write: (value: number) => string = digits): string {
  const { count, most, left, right, top, bottom } = columns;
  const lines = ticks(0, most, 4)
    .map((value) => {
      const y = bottom - heightOf(columns, value);
      return (
        `<path d="M${px(left)},${px(y)}H${px(right)}" ${stroke("grid")}/>` +
        words(left - 6, y + 4, write(value), `font-size="11" text-anchor="end" ${muted}`)
      );
    })
    .join("");
  const room = 7 * String(count - 1).length + 8; // px of a number with the space around it
  const named = ticks(0, count - 1, Math.max(1, Math.min(16, (right - left) / room))).filter(Number.isInteger);
  const experts = (count > 0 ? named : [])
    .map((e) => {
      const { x, width } = column(columns, e);
      return words(x + width / 2, bottom + 14, String(e), `font-size="11" text-anchor="middle" ${muted}`);
    })
    .join("");
  return (
    lines +
    experts +
    words(2, top - 20, label, `font-size="11" ${muted}`) +
    words((left + right) / 2, bottom + 29, "expert", `font-size="11" text-anchor="middle" ${muted}`)
  );
}

/** A level across all columns, its words at the right. */
export function level(columns: Columns, value: number, text: string): string {
  const y = columns.bottom - heightOf(columns, value);
  const words_ = words(columns.right + 6, y + 4, text, `font-size="11" font-weight="600" ${fill("ink")}`);
  return `<path d="M${px(columns.left)},${px(y)}H${px(columns.right + 3)}" ${stroke("ink")} stroke-width="1.5"/>${words_}`;
}
