import { greatest, group, max, sum } from "d3";
import { percent } from "../../text/numbers.js";
import { type Accessors, type Columns, label, number, orNull, type Read, readRows, share } from "../rows/columns.js";
import { Figure } from "../figure.js";
import { legend } from "../marks/legend.js";
import { LETTER, Options, type FrameOptions, shorten } from "../options.js";
import { listed, shareInWords, someOf, spreadOver } from "../rows/few.js";
import { droppedLook, keptLook, reroutedLook, statusEntries } from "./looks.js";
import { below, fill, muted, nothing, picture, px, rect, stroke, words } from "../marks/svg.js";

/** What one capacity and one overflow policy made of the same tokens. */
export interface CapacityRow {
  /** Rows of one policy stand together: "drop", "nextBest". */
  readonly by: string | number;
  /** Capacity factor; null for no limit. */
  readonly factor: number | null;
  /** Shares of all assignments; with `kept` they sum to 1. */
  readonly rerouted: number;
  readonly dropped: number;
  /** Share of the places that stay empty. */
  readonly padding: number;
}

const COLUMNS: Columns<Read<CapacityRow>> = {
  rerouted: share,
  dropped: share,
  padding: share,
  by: label,
  factor: orNull(number),
};
const MOST = { policies: 8, factors: 10, said: 12 };
const ROW = 22;
const LEFT = 76;
const NUMBER = 42; // px of a percentage

/** What becomes of the tokens at each capacity factor: kept, rerouted and dropped as one bar of 100 %; beside it the share of
 *  places that stay empty. Small factors lose tokens, large ones waste places. */
export function capacityBars<T extends object>(
  rows: Iterable<T>,
  options: FrameOptions & Accessors<CapacityRow, T>,
): Figure;
export function capacityBars(rows: Iterable<CapacityRow>, options?: FrameOptions): Figure;
export function capacityBars(data: Iterable<object>, options: FrameOptions = {}): Figure {
  const rows = readRows("capacityBars", data, COLUMNS, options);
  const given = new Options("capacityBars", options);
  const over = rows.findIndex(({ rerouted, dropped }) => rerouted + dropped > 1 + 1e-6);
  if (over >= 0)
    throw new RangeError(
      `capacityBars needs 'rerouted' and 'dropped' to be shares of one whole, row ${over} has ${rows[over].rerouted} and ${rows[over].dropped}`,
    );
  const groups = [...group(rows, (row) => row.by)];
  const policies = groups
    .slice(0, MOST.policies)
    .map(([policy, own]) => ({ policy, own: spreadOver(own, MOST.factors) }));
  const width = given.size("width", 680);
  const head = given.head(
    finding(rows),
    "one bar: all choices of the same tokens · at the right: places that stay empty",
    [
      someOf(policies.length, groups.length, "rules"),
      someOf(MOST.factors, max(groups, ([, own]) => own.length) ?? 0, "factors"),
    ],
  );
  const isNarrow = width < 560; // then empty places are a number without a bar
  const labelLine = below(head, width) + 30;
  const top = labelLine + 18;
  const block = (own: readonly unknown[]) => own.length * ROW + 28;
  const natural = top + sum(policies, ({ own }) => block(own));
  const height = given.size("height", Math.max(120, natural));
  const main = isNarrow ? width - LEFT - 2 * NUMBER - 66 : Math.round((width - LEFT) * 0.58);
  const side = LEFT + main + 2 * NUMBER + 20; // where the bars of the empty places begin
  const room = isNarrow ? 0 : width - side - 46;

  let y = top;
  const blocks = policies.map(({ policy, own }) => {
    const name = words(0, y + 12, shorten(policy, width / LETTER.bold), `font-weight="600" ${fill("ink")}`);
    const bars = own.map((row, i) => bar(row, y + 20 + i * ROW, main, side, room));
    y += block(own);
    return `<g class="policy">${name}${bars.join("")}</g>`;
  });
  const labels =
    words(LEFT, labelLine, "choices", `font-size="11" ${muted}`) +
    (isNarrow
      ? words(width - 2, labelLine, "empty places", `font-size="11" text-anchor="end" ${muted}`)
      : words(side, labelLine, "empty places", `font-size="11" ${muted}`));
  const key = legend(statusEntries, width).at(below(head, width));
  const isMany = rows.length > MOST.said; // then of each rule the first and the last
  const said = listed(
    policies.flatMap(({ own }) => (isMany ? spreadOver(own, 2) : own)),
    (row) =>
      `${row.by} at ${factorName(row)}: ${shareInWords(row.rerouted)} rerouted, ${shareInWords(row.dropped)} dropped, ${shareInWords(row.padding)} of the places empty`,
    MOST.said,
  );
  return new Figure({
    name: "capacity",
    width,
    height,
    markup: picture(
      width,
      height,
      head,
      rows.length > 0 ? labels + key + blocks.join("") : nothing(head, width, height),
    ),
    description: `${head.title}; ${said || "no rows yet"}.`,
    facts: Object.fromEntries(policies.map(({ policy, own }) => [policy, own.at(-1)])),
  });
}

/** "drop at factor 0.5 drops 50 % of the choices" */
function finding(rows: readonly Read<CapacityRow>[]): string {
  const worst = greatest(rows, ({ dropped }) => dropped);
  if (!worst) return "Who finds a place";
  if (worst.dropped === 0) return "Every choice finds a place";
  return `Most choices are dropped with ${worst.by} at ${factorName(worst)}: ${percent(worst.dropped)}`;
}

function bar(row: Read<CapacityRow>, y: number, main: number, side: number, room: number): string {
  if (![row.rerouted, row.dropped, row.padding].every(Number.isFinite))
    return (
      words(LEFT - 8, y + 12, factorName(row), `font-size="11" text-anchor="end" ${muted}`) +
      words(LEFT, y + 12, "not a number", `font-size="11" ${fill("alarm")}`)
    );
  const kept = 1 - row.rerouted - row.dropped;
  const parts: [number, string, string][] = [
    [kept, `class="kept" ${keptLook}`, "kept"],
    [row.rerouted, `class="rerouted" ${reroutedLook}`, "rerouted"],
    [row.dropped, `class="dropped" ${droppedLook}`, "dropped"],
  ];
  let x = LEFT;
  const pieces = parts.map(([share, look, what]) => {
    if (!(share > 0)) return "";
    const length = share * main;
    const piece = rect(x, y, length, ROW - 7, look, `${what}: ${percent(share)}`);
    const inside = what === "dropped" ? fill("alarm") : fill("background");
    const text =
      length > NUMBER
        ? words(
            x + length / 2,
            y + 12,
            inBar(share),
            `font-size="11" text-anchor="middle" pointer-events="none" ${inside}`,
          )
        : "";
    x += length;
    return piece + text;
  });
  // What is too short for its number has it behind the bar.
  const small = parts.filter(([share, , what]) => what !== "kept" && share > 0 && share * main <= NUMBER);
  const behind = small.map(([share, , what]) => {
    const look = `font-size="11" ${fill(what === "dropped" ? "alarm" : "moe")}`;
    const number = words(x + 5, y + 12, inBar(share), look);
    x += 12 + LETTER.digits * inBar(share).length;
    return number;
  });
  const name = words(LEFT - 8, y + 12, factorName(row), `font-size="11" text-anchor="end" ${muted}`);
  const empty = rect(side, y, row.padding * room, ROW - 7, `class="padding" ${fill("sixth")} fill-opacity="0.45"`);
  const base = `<path d="M${px(side)},${px(y)}v${ROW - 7}" ${stroke("muted")}/>`;
  const number = words(side + row.padding * room + 6, y + 12, inBar(row.padding), `font-size="11" ${muted}`);
  return name + pieces.join("") + behind.join("") + empty + base + number;
}

const factorName = ({ factor }: Read<CapacityRow>): string => (factor === null ? "no limit" : `factor ${factor}`);
/** A share to a tenth of a percent; what is less is said to be less. */
const inBar = (share: number): string =>
  share > 0 && share < 0.0005 ? "< 0.1 %" : percent(Math.round(share * 1000) / 1000);
