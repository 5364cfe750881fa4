import { extent, mean, rollups, scaleLinear } from "d3";
import { counted, digits, grouped } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { LETTER, type FrameOptions, Options } from "../options.js";
import { below, fill, muted, picture, px, rect, stroke, words } from "../marks/svg.js";
import { type Accessors, type Columns, index, number, optional, readRows } from "../rows/columns.js";

/** The loss of a model with one expert switched off. */
export interface SwitchOffRow {
  readonly expert: number;
  /** 0 is the first; default 0. */
  readonly layer?: number;
  /** Without this expert. Rows of one expert are averaged. */
  readonly loss: number;
  /** With all experts; default 0, for losses that are increases already. */
  readonly base?: number;
}

const COLUMNS: Columns<SwitchOffRow> = { expert: index, loss: number, layer: optional(index), base: optional(number) };
const WHOLE = 28; // experts that are all shown
const ENDS = { first: 20, last: 4 }; // of more
const ROW = 18;

/** What it costs to switch off one expert: a bar each, as long as the loss rises, the largest first; the dashed line is the average.
 *  Of many experts the first twenty and the last four have a bar, the others are one line.
 *  @example
 *  const figure = switchOffBars([{ expert: 0, loss: 2.5, base: 2 }, { expert: 1, loss: 2, base: 2 }]);
 *  figure.facts // => { experts: 2, layer: 0, expert: 0, most: 0.5, average: 0.25, free: 1, notNumbers: 0 }
 */
export function switchOffBars<T extends object>(
  rows: Iterable<T>,
  options: FrameOptions & Accessors<SwitchOffRow, T>,
): Figure;
export function switchOffBars(rows: Iterable<SwitchOffRow>, options?: FrameOptions): Figure;
export function switchOffBars(data: Iterable<object>, options: FrameOptions = {}): Figure {
  const rows = readRows("switchOffBars", data, COLUMNS, options);
  const given = new Options("switchOffBars", options);
  const width = given.size("width", 680);
  const all = rollups(
    rows,
    (own) => ({ ...own[0], cost: own.reduce((sum, { loss, base = 0 }) => sum + (loss - base), 0) / own.length }),
    ({ layer = 0, expert }) => `${layer} ${expert}`,
  ).map(([, { layer = 0, expert, cost }]): Cost => ({ layer, expert, cost }));
  const costs = all
    .filter(({ cost }) => Number.isFinite(cost))
    .sort((a, b) => b.cost - a.cost || a.layer - b.layer || a.expert - b.expert);
  const lost = all.filter(({ cost }) => !Number.isFinite(cost));
  const layers = new Set(all.map(({ layer }) => layer)).size;
  const nameOf = ({ layer, expert }: Cost) => (layers > 1 ? `layer ${layer + 1} expert ${expert}` : `expert ${expert}`);
  const facts = {
    experts: all.length,
    ...{ layer: costs[0]?.layer ?? null, expert: costs[0]?.expert ?? null, most: costs[0]?.cost ?? null },
    ...{ average: mean(costs, ({ cost }) => cost) ?? null, free: costs.filter(({ cost }) => cost <= 0).length },
    notNumbers: lost.length,
  };
  const head = given.head(
    finding(facts, costs[0] && nameOf(costs[0])),
    "a bar: how much the loss rises without this expert · dashed: the average",
    [
      rows.length > all.length ? "averages of several rows" : "",
      lost.length > 0
        ? `no finite number: ${lost.slice(0, 4).map(nameOf).join(", ")}${lost.length > 4 ? ` and ${lost.length - 4} more` : ""}`
        : "",
    ],
  );
  const isWhole = costs.length <= WHOLE;
  const first = isWhole ? costs : costs.slice(0, ENDS.first);
  const last = isWhole ? [] : costs.slice(-ENDS.last);
  const between = isWhole ? [] : costs.slice(ENDS.first, -ENDS.last);
  const others = `${grouped(between.length)} others`;
  const left =
    10 +
    LETTER.small *
      Math.max(
        ...[...costs.slice(0, 1), ...first, ...last].map((one) => nameOf(one).length),
        isWhole ? 1 : others.length,
      );
  const values = [...first, ...last].map(({ cost }) => signed(cost).length * LETTER.small + 6);
  const room = Math.max(20, ...values); // for the number beside the longest bar
  const [lowest = 0, highest = 0] = extent(costs, ({ cost }) => cost);
  const x = scaleLinear(
    [Math.min(lowest, 0), Math.max(highest, 0) || (lowest < 0 ? 0 : 1)],
    [left + (lowest < 0 ? room : 0), width - room],
  );
  const top = below(head, width) + 22;
  const bar = (cost: number, y: number, look: string): string => {
    const [from, to] = [x(Math.min(cost, 0)), x(Math.max(cost, 0))];
    const label =
      cost < 0
        ? words(from - 4, y + 13, signed(cost), `${small} text-anchor="end" ${muted} ${ring}`)
        : words(to + 4, y + 13, signed(cost), `${small} ${muted} ${ring}`);
    return rect(from, y + 3, to - from, 12, look) + label;
  };
  const line = (one: Cost, i: number): string =>
    `<g class="cost">${words(left - 8, top + i * ROW + 13, nameOf(one), `${small} text-anchor="end" ${fill("ink")}`)}` +
    `${bar(one.cost, top + i * ROW, fill(one.cost > 0 ? "moe" : "dense"))}</g>`;
  const middle = mean(between, ({ cost }) => cost);
  const gathered =
    middle === undefined
      ? ""
      : `<g class="others">${words(left - 8, top + first.length * ROW + 13, others, `${small} text-anchor="end" ${muted}`)}` +
        `${bar(middle, top + first.length * ROW, fill("sixth"))}</g>`;
  const lines = first.length + last.length + (gathered ? 1 : 0);
  const bottom = top + lines * ROW;
  const rules =
    `<path d="M${px(x(0))},${top}V${px(bottom)}" ${stroke("muted")}/>` +
    (facts.average === null
      ? ""
      : `<path class="average" d="M${px(x(facts.average))},${top - 4}V${px(bottom)}" ${stroke("ink")} stroke-dasharray="3,3"/>` +
        averageLabel(facts.average, x(facts.average), top - 8, width));
  const isEmpty = costs.length === 0;
  const height = given.size("height", isEmpty ? top + 24 : bottom + 8);
  const body = isEmpty
    ? words(2, top + 6, all.length > 0 ? "no numbers" : "no experts yet", muted)
    : rules + first.map(line).join("") + gathered + last.map((one, i) => line(one, first.length + 1 + i)).join("");
  const said = costs.slice(0, 5).map((one) => `${nameOf(one)} ${signed(one.cost)}`);
  const rest = costs.length > 5 ? [`and ${grouped(costs.length - 5)} more`] : [];
  return new Figure({
    name: "switch-off",
    width,
    height,
    markup: picture(width, height, head, body),
    description: `${[head.title, counted(all.length, "expert"), ...said, ...rest].join("; ")}.`,
    facts,
  });
}

const small = `font-size="11"`;
// A ring of the ground's color keeps a number legible over the dashed line.
const ring = `${stroke("background")} stroke-width="4" stroke-linejoin="round" paint-order="stroke"`;

interface Cost {
  readonly layer: number;
  readonly expert: number;
  /** Rise of the loss; below 0 where it falls. */
  readonly cost: number;
}

const signed = (cost: number): string => `${cost > 0 ? "+" : ""}${digits(cost, 3)}`;

/** Beside the dashed line, on the side that has room. */
function averageLabel(average: number, x: number, y: number, width: number): string {
  const label = `average ${signed(average)}`;
  const isRight = x + label.length * LETTER.small < width;
  return words(isRight ? x : x + 2, y, label, `${small} text-anchor="${isRight ? "start" : "end"}" ${muted}`);
}

function finding(
  { most, average, free, experts }: { most: number | null; average: number | null; free: number; experts: number },
  name: string | undefined,
): string {
  if (most === null || average === null || name === undefined) return "What switching off an expert costs";
  if (most <= 0) return "No expert costs anything when it is switched off";
  const rest =
    free > 0
      ? `${grouped(free)} of ${counted(experts, "expert")} ${free === 1 ? "costs" : "cost"} nothing`
      : `the average is ${signed(average)}`;
  return `Switching off ${name} costs most, ${signed(most)} of loss; ${rest}`;
}
