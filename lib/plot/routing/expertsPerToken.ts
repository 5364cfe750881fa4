import { group, maxIndex, minIndex, sum } from "d3";
import { digits, percent } from "../../text/numbers.js";
import { type Accessors, amount, type Columns, index, label, optional, type Read, readRows } from "../rows/columns.js";
import { Figure } from "../figure.js";
import { LETTER, Options, type FrameOptions, shorten } from "../options.js";
import { someOf } from "../rows/few.js";
import { below, fill, muted, picture, px, rect, stroke, words } from "../marks/svg.js";

/** How many tokens were sent to one number of experts. */
export interface ExpertsPerTokenRow {
  /** Rows of one name stand together; default "router". */
  readonly by?: string | number;
  /** Experts that worked on the token, from 0. */
  readonly experts: number;
  /** Tokens that had this number of experts; equal rows add up. */
  readonly tokens: number;
}

export interface ExpertsPerTokenOptions extends FrameOptions {
  /** Right end of the axis; default the largest number of experts in the rows. */
  readonly nExpert?: number;
}

const COLUMNS: Columns<Read<ExpertsPerTokenRow>> = { experts: index, tokens: amount, by: optional(label) };
const MOST = 12; // routers
const TOOLTIPS = 600; // columns that have one each
const BAR = 64; // px, the largest share
const WIDEST = 72; // px from one number of experts to the next

/** How many experts work on a token, where that varies (top-p, expert choice): one histogram a router, over the same axis.
 *  A router with a fixed k is a single column; a triangle stands at the average, which the cost of a token goes by. */
export function expertsPerToken<T extends object>(
  rows: Iterable<T>,
  options: ExpertsPerTokenOptions & Accessors<ExpertsPerTokenRow, T>,
): Figure;
export function expertsPerToken(rows: Iterable<ExpertsPerTokenRow>, options?: ExpertsPerTokenOptions): Figure;
export function expertsPerToken(data: Iterable<object>, options: ExpertsPerTokenOptions = {}): Figure {
  const rows = readRows("expertsPerToken", data, COLUMNS, options);
  const given = new Options("expertsPerToken", options);
  const width = given.size("width", 680);
  const most = rows.reduce((last, row) => Math.max(last, row.experts), given.count("nExpert") ?? 1);
  const groups = [...group(rows, ({ by = "router" }) => by)];
  const routers = groups.slice(0, MOST).map(([name, own]) => summary(name, own));
  const head = given.head(
    finding(routers),
    "a column: share of the tokens · triangle: the average",
    someOf(routers.length, groups.length, "routers"),
  );
  const largest = Math.max(...routers.flatMap(({ shares }) => [...shares.values()]), 0);
  const step = Math.min(WIDEST, (width - 16) / (most + 1));
  const top = below(head, width);
  const block = BAR + 48;
  const natural = top + Math.max(routers.length, 1) * block + 44;
  const height = given.size("height", natural);
  const at = (experts: number) => 8 + (experts + 0.5) * step; // the middle of a column
  const right = Math.min(width - 8, Math.max(8 + (most + 1) * step, 300));
  const isOnePath = sum(routers, ({ shares }) => shares.size) > TOOLTIPS;
  const layout = { step, right, largest, at, isOnePath };
  const blocks = routers.map((router, r) => histogram(router, top + r * block, layout));
  const floor = top + Math.max(routers.length, 1) * block - 4;
  const waiting = routers.length === 0 ? words(8, top + BAR / 2 + 20, "no tokens yet", muted) : "";
  return new Figure({
    name: "experts-per-token",
    width,
    height,
    markup: picture(width, height, head, routers.length > 0 ? blocks.join("") + axis(most, floor, layout) : waiting),
    description: `${head.title}${/[?:]$/.test(head.title) ? "" : ":"} ${routers.length > 0 ? routers.map(inSentence).join("; ") : "No tokens yet"}.`,
    facts: routers.map(({ name, mean }) => ({ by: name, mean })),
  });
}

interface Summary {
  readonly name: string;
  /** Experts to share of the tokens, in order of the number of experts; none where there are no tokens. */
  readonly shares: ReadonlyMap<number, number>;
  readonly mean: number;
}

function summary(name: string, rows: readonly Read<ExpertsPerTokenRow>[]): Summary {
  const counts = new Map<number, number>();
  for (const row of [...rows].sort((a, b) => a.experts - b.experts))
    if (row.tokens > 0) counts.set(row.experts, (counts.get(row.experts) ?? 0) + row.tokens);
  const tokens = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shares = new Map([...counts].map(([experts, count]) => [experts, count / tokens]));
  return { name, shares, mean: [...shares].reduce((sum, [experts, share]) => sum + experts * share, 0) };
}

interface Layout {
  /** Pixels from one number of experts to the next. */
  readonly step: number;
  /** Right end of the line above the columns, in pixels. */
  readonly right: number;
  /** The share that fills the height. */
  readonly largest: number;
  /** Without tooltips. */
  readonly isOnePath: boolean;
  /** The middle of the column of a number of experts, in pixels. */
  readonly at: (experts: number) => number;
}

/** One router: its name and average, and its columns with their shares; where these have no room, the largest alone. */
function histogram(
  { name, shares, mean }: Summary,
  y: number,
  { step, right, largest, at, isOnePath }: Layout,
): string {
  const floor = y + BAR + 44;
  const bar = step < 6 ? step + 0.2 : Math.max(step * 0.7, step - 12); // narrow columns touch
  const rooms = [...shares.values()].every((share) => LETTER.digits * inColumn(share).length + 4 <= step);
  const peak = Math.max(...shares.values());

  const lines = [...shares].map(
    ([experts, share]) => `M${px(at(experts))},${px(floor)}v${px(-Math.max((share / largest) * BAR, 0.5))}`,
  );
  const path = isOnePath
    ? `<path class="columns" d="${lines.join("")}" ${stroke("moe")} stroke-width="${px(bar)}"/>`
    : "";
  const columns = [...shares].map(([experts, share]) => {
    const tall = Math.max((share / largest) * BAR, 0.5);
    const look = `class="column" ${fill(experts === 0 ? "sixth" : "moe")}`;
    const column = isOnePath
      ? ""
      : rect(at(experts) - bar / 2, floor - tall, bar, tall, look, `${experts}: ${percent(share)}`);
    if (!rooms && share !== peak) return column;
    const label = words(at(experts), floor - tall - 4, inColumn(share), `font-size="11" text-anchor="middle" ${muted}`);
    return column + label;
  });
  const average = `<path class="average" d="M${px(at(mean))},${px(floor + 2)}l4,7h-8z" ${fill("ink")}/>`;
  const ground = `<path d="M${px(at(0) - step / 2)},${px(floor)}H${px(right)}" ${stroke("grid")}/>`;
  const said = shares.size > 0 ? `${digits(mean, 3)} on average` : "no tokens";
  const room = Math.max(1, Math.floor((right - 8 - 110) / LETTER.bold));
  return (
    `<g class="router">${words(8, y + 18, shorten(name, room), `font-weight="600" ${fill("ink")}`)}` +
    words(right, y + 18, said, `font-size="11" text-anchor="end" ${muted}`) +
    `${ground}${path}${columns.join("")}${shares.size > 0 ? average : ""}</g>`
  );
}

/** The numbers of experts below the last router, as many as there is room for. */
function axis(most: number, floor: number, { step, right, at }: Layout): string {
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((n) => n * step >= 26) ?? 5000;
  const ticks = Array.from({ length: Math.floor(most / every) + 1 }, (_, i) => i * every);
  const numbers = ticks.map((n) => words(at(n), floor + 22, String(n), `font-size="11" text-anchor="middle" ${muted}`));
  const name = words(right, floor + 38, "experts →", `font-size="11" text-anchor="end" ${muted}`);
  return numbers.join("") + name;
}

/** A share as a column has room for it: whole percents, and what is less is said to be less. */
const inColumn = (share: number): string => (share < 0.005 ? "< 1 %" : percent(Math.round(share * 100) / 100));

/** "A token has 1.59 experts on average with top-p, 2 with top-2" */
function finding(routers: readonly Summary[]): string {
  const some = routers.filter(({ shares }) => shares.size > 0);
  if (some.length === 0) return "How many experts work on a token?";
  const [least, most] = [minIndex(some, ({ mean }) => mean), maxIndex(some, ({ mean }) => mean)].map((i) => some[i]);
  const noun = least.mean === 1 ? "expert" : "experts";
  const which = some.length > 1 && least.mean === most.mean ? `each of ${some.length} routers` : least.name;
  const first = `A token has ${digits(least.mean, 3)} ${noun} on average with ${which}`;
  return least.mean === most.mean ? first : `${first}, ${digits(most.mean, 3)} with ${most.name}`;
}

function inSentence({ name, shares, mean }: Summary): string {
  if (shares.size === 0) return `${name} no tokens`;
  const numbers = [...shares.keys()];
  const often = numbers.reduce((a, b) => (shares.get(b)! > shares.get(a)! ? b : a));
  const range =
    numbers.length === 1
      ? `always ${often}`
      : `from ${numbers[0]} to ${numbers[numbers.length - 1]}, most often ${often} (${percent(shares.get(often)!)})`;
  return `${name} ${digits(mean, 3)} on average, ${range}`;
}
