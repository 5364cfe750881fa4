/** One of the twins as a block diagram: from the tokens down to the next token. */

import { inWords } from "../../../text/numbers.js";
import type { ColorName } from "../../palette.js";
import { fill, muted, px, rect, stroke, words } from "../../marks/svg.js";
import { fit, widthOf } from "../fit.js";
import { type PlaceName, type Sizes, type Sums, totalOf, working } from "./sums.js";

export interface Column {
  readonly name: string;
  readonly color: ColorName;
  readonly sums: Sums;
  readonly sizes: Sizes;
  /** Places in color. */
  readonly lit: readonly PlaceName[];
  /** [k, E], [share] or nothing; undefined for the dense twin. */
  readonly experts: readonly number[] | undefined;
  readonly nLayer: number | undefined;
  readonly width: number;
  readonly write: (value: number) => string;
}

/** Top edge and height of each box, in pixels. */
const AT = {
  embedding: [64, 28],
  firstNorm: [118, 20],
  attention: [146, 34],
  secondNorm: [212, 20],
  feedForward: [240, 112],
  norm: [400, 20],
  head: [432, 28],
} as const;
const FRAME = [104, 282] as const;
const PLUS = [190, 362]; // where a sublayer's output is added to what went around it
const SIDE = 26; // px between the frame and the boxes in it
const MOST = 256; // experts drawn one by one
export const columnHeight = 486;

export function columnMarkup(column: Column): string {
  const { width, name, color, sizes, write, nLayer } = column;
  const middle = width / 2;
  const [frameTop, frameHeight] = FRAME;
  const total = `${write(sizes.total)}${sizes.active < sizes.total ? `, ${write(sizes.active)} active` : ""}`;
  const often = nLayer === undefined ? "" : `× ${nLayer}`;
  return [
    words(middle, 14, name, `font-size="13" font-weight="600" text-anchor="middle" ${fill(color)}`),
    words(middle, 31, fit(total, width), `text-anchor="middle" ${muted}`),
    words(middle, 54, "tokens", `font-size="11" text-anchor="middle" ${muted}`),
    `<path fill="none" ${stroke("muted")} d="M${px(middle)},58V${AT.head[0] + AT.head[1] + 8}"/>`,
    rect(4, frameTop, width - 8, frameHeight, `class="block" rx="8" fill="none" ${stroke("grid")} stroke-width="2"`),
    often &&
      words(
        width - 12,
        frameTop + frameHeight - 8,
        often,
        `font-size="12" font-weight="600" text-anchor="end" ${muted}`,
      ),
    around(AT.firstNorm[0] - 7, PLUS[0], middle),
    around(AT.secondNorm[0] - 8, PLUS[1], middle),
    ...PLUS.map((y) => plus(middle, y)),
    box(column, AT.embedding, "embedding", "embedding", 4),
    box(column, AT.firstNorm, "norm", "norm", SIDE, false),
    box(column, AT.attention, "attention", "attention", SIDE),
    box(column, AT.secondNorm, "norm", "norm", SIDE, false),
    column.experts && column.experts.length > 0
      ? mixture(column)
      : box(column, AT.feedForward, "feedForward", "feed-forward", SIDE),
    box(column, AT.norm, "norm", "norm", 4, false),
    box(column, AT.head, "head", "head", 4),
    words(middle, columnHeight - 2, "next token", `font-size="11" text-anchor="middle" ${muted}`),
  ].join("");
}

/** The way around a sublayer. */
const around = (from: number, to: number, middle: number): string =>
  `<path fill="none" ${stroke("muted")} d="M${px(middle)},${from}H${SIDE / 2 + 2}V${to}H${px(middle)}"/>`;

const plus = (x: number, y: number): string =>
  `<circle cx="${px(x)}" cy="${y}" r="7" ${fill("background")} ${stroke("muted")}/>` +
  `<path d="M${px(x - 4)},${y}h8m-4,-4v8" ${stroke("muted")}/>`;

/** A part with its name and, where it has room, how many parameters it has in all layers together. */
function box(
  { sums, lit, color, width, write }: Column,
  [y, height]: readonly [number, number],
  place: PlaceName,
  name: string,
  left: number,
  isCounted = true,
): string {
  const isLit = lit.includes(place);
  const inner = width - 2 * left;
  const total = totalOf(sums[place]);
  const number = isCounted && total > 0 ? write(total) : "";
  const isOneLine = widthOf(`${name}  ${number}`) < inner - 12;
  const look = isLit ? `${fill(color)} ${stroke(color)}` : `${fill("background")} ${stroke("muted")}`;
  const letters = isLit ? fill("background") : fill("ink");
  const more = isLit ? fill("background") : muted;
  const tip = `${name}: ${inWords(total)} parameters`;
  const at = y + height / 2 + 4;
  const isSplit = number !== "" && (!isOneLine || height > 60);
  const text = isSplit
    ? words(width / 2, at - 8, name, `text-anchor="middle" font-weight="600" ${letters}`) +
      words(width / 2, at + 8, fit(number, inner), `text-anchor="middle" ${more}`)
    : number
      ? words(left + 10, at, name, letters) + words(width - left - 10, at, number, `text-anchor="end" ${more}`)
      : words(width / 2, at, name, `font-size="11.5" text-anchor="middle" ${letters}`);
  return `<g class="${isLit ? "lit" : "plain"}">${rect(left, y, inner, height, `rx="4" ${look}`, tip)}${text}</g>`;
}

/** Router and experts in place of the feed-forward layer; those that work on a token are lit. */
function mixture({ sums, lit, experts = [], color, width, write }: Column): string {
  const [y, height] = AT.feedForward;
  const inner = width - 2 * SIDE;
  const { router, experts: routed, ["shared experts"]: shared } = sums.feedForward as Partial<Record<string, Sizes>>;
  const tint = lit.includes("feedForward") ? color : "muted";
  const count = routed ? write(routed.total) : "";
  const tip = `experts: ${inWords(routed?.total ?? 0)} parameters, ${inWords(routed?.active ?? 0)} of them active`;
  const area = { x: SIDE + 8, y: y + 28, width: inner - 16, height: 44 };
  const shares = shared && shared.total > 0 ? " and shared ones" : "";
  const who = [
    `${working(experts)} experts${shares}`,
    `${working(experts)} experts`,
    `${working(experts).replace(" of the", "")} work`,
  ];
  const active = routed && routed.active < routed.total ? [`${count}, ${write(routed.active)} active`] : [];
  const best = (texts: readonly string[]): string =>
    texts.find((one) => widthOf(one) < inner - 8) ?? fit(texts[texts.length - 1], inner - 8);
  return (
    `<g class="${tint === "muted" ? "plain" : "lit"}">${rect(SIDE, y, inner, height, `rx="4" ${fill("background")} ${stroke(tint)} stroke-width="1.5"`, tip)}` +
    rect(
      SIDE + 8,
      y + 7,
      inner - 16,
      16,
      `rx="3" fill="none" ${stroke(tint)}`,
      `router: ${inWords(router?.total ?? 0)} parameters`,
    ) +
    words(
      width / 2,
      y + 19,
      fit(`router${router && router.total > 0 ? ` ${write(router.total)}` : ""}`, inner - 20),
      `font-size="11" text-anchor="middle" ${fill("ink")}`,
    ) +
    cells(experts, area, tint) +
    words(width / 2, y + height - 22, best(who), `text-anchor="middle" font-weight="600" ${fill("ink")}`) +
    words(width / 2, y + height - 7, best([...active, count]), `font-size="11.5" text-anchor="middle" ${muted}`) +
    `</g>`
  );
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A cell for each expert, k of them lit; of too many, or where k is not known, one bar, lit as far as its share. */
function cells([k, all = NaN]: readonly number[], area: Area, tint: ColorName): string {
  const { x, y, width, height } = area;
  const pale = `${fill(tint)} fill-opacity="0.2"`;
  if (!(all <= MOST)) {
    const share = Number.isNaN(all) ? k : k / all;
    return (
      rect(x, y + 8, width, height - 16, `class="resting" ${pale}`) +
      rect(x, y + 8, width * share, height - 16, `class="working" ${fill(tint)}`)
    );
  }
  // As near to squares as whole rows allow.
  const rows = Math.max(1, Math.min(Math.round(Math.sqrt((all * height) / width)), all));
  const columns = Math.ceil(all / rows);
  const [stepX, stepY] = [width / columns, height / Math.ceil(all / columns)];
  const gap = Math.min(3, stepX * 0.2, stepY * 0.2);
  const lit = new Set(Array.from({ length: k }, (_, i) => Math.floor(((i + 0.5) * all) / k)));
  const cell = (e: number): string =>
    `M${px(x + (e % columns) * stepX + gap / 2)},${px(y + Math.floor(e / columns) * stepY + gap / 2)}` +
    `h${px(stepX - gap)}v${px(stepY - gap)}h${px(gap - stepX)}z`;
  const path = (is: boolean): string =>
    Array.from({ length: all }, (_, e) => (lit.has(e) === is ? cell(e) : "")).join("");
  return `<path class="resting" ${pale} d="${path(false)}"/><path class="working" ${fill(tint)} d="${path(true)}"/>`;
}
