import type * as Plot from "@observablehq/plot";
import { group, minIndex } from "d3";
import { inWords, percent } from "../../text/numbers.js";
import { type Accessors, amount, type Columns, label, optional, type Read, readRows, text } from "../rows/columns.js";
import { Figure } from "../figure.js";
import { draw, headMarks, mark, svgElement, svgText, waiting } from "../frame.js";
import { legend } from "../marks/legend.js";
import { LETTER, headHeight, Options, type FrameOptions, shorten } from "../options.js";
import { largestOf, listed, someOf } from "../rows/few.js";
import { color, type ColorName } from "../palette.js";
import { BAR, checkActive, endWords, type Piece, pieces, widthOf } from "./bars.js";

/** Parameters of one component. */
export interface ParameterBarsRow {
  /** Rows of one name make one pair of bars; default "model". */
  readonly by?: string | number;
  /** "expert", "attention", "embedding", ... */
  readonly component: string;
  readonly total: number;
  readonly active: number;
}

export type ParameterBarsOptions = Omit<FrameOptions, "height">;

const COLUMNS: Columns<Read<ParameterBarsRow>> = {
  total: amount,
  active: amount,
  component: text,
  by: optional(label),
};

/** From the left: what always works, then what is there to choose from. Components of one group have one color. */
const GROUPS: readonly { name: string; of: RegExp; color: ColorName }[] = [
  { name: "embeddings", of: /^(embedding|embeddings|position|head)$/, color: "sixth" },
  { name: "attention", of: /^attention$/, color: "third" },
  { name: "norms, router, other", of: /^(norms?|router|other)$/, color: "fifth" },
  { name: "feed-forward", of: /^feed-forward$/, color: "dense" },
  { name: "shared experts", of: /^shared experts?$/, color: "fourth" },
  { name: "experts", of: /^(expert|experts|routed experts?)$/, color: "moe" },
];
const MOST = 12; // models
const GAP = 6; // px between the bars of a pair
const STEP = BAR + GAP;
const BETWEEN = 30; // px between pairs: a line of text

/** Two bars a model on one scale: what it has, and what works on one token, by component. In the upper bar the experts at rest
 *  are pale. A dense model's bars are equal. */
export function parameterBars<T extends object>(
  rows: Iterable<T>,
  options: ParameterBarsOptions & Accessors<ParameterBarsRow, T>,
): Figure;
export function parameterBars(rows: Iterable<ParameterBarsRow>, options?: ParameterBarsOptions): Figure;
export function parameterBars(data: Iterable<object>, options: ParameterBarsOptions = {}): Figure {
  const rows = readRows("parameterBars", data, COLUMNS, options);
  checkActive("parameterBars", rows);
  const given = new Options("parameterBars", options);
  const width = given.size("width", 680);
  const all = [...group(rows, ({ by = "model" }) => by)].map(([name, own]) => modelOf(name, own));
  const models = largestOf(all, MOST, ({ total }) => total);
  const head = given.head(
    finding(models),
    "parameters by component; pale: experts that this token does not use",
    someOf(models.length, all.length, "models", "the largest"),
  );
  const used = GROUPS.filter(({ name }) => models.some((model) => (model.sums.get(name)?.total ?? 0) > 0));
  const names = models.length > 1 || rows.some((row) => row.by !== undefined);

  const marginTop = headHeight(head, width) + 8;
  const pair = 2 * BAR + GAP + (names ? BETWEEN : 12);
  const key = legend(used, width);
  const height = marginTop + Math.max(models.length, 1) * pair + key.height + 14;
  const largest = Math.max(1, ...models.map(({ total }) => total));
  const placed = models.map((model, i) => ({ ...model, y: marginTop + i * pair + (names ? 22 : 4) }));
  // Words behind a bar that is nearly as long as the longest need room of their own.
  const isFull = width >= 560 && models.some(({ total, active }) => active < total && active > 0.7 * largest);
  const markup = draw(
    {
      width,
      height,
      marginTop,
      marginBottom: key.height + 8,
      marginLeft: 52,
      marginRight: 16 + Math.max(...models.map(({ total }) => widthOf(inWords(total))), 60) + (isFull ? 112 : 0),
      x: { domain: [0, largest], axis: null },
      y: { type: "identity", axis: null },
      marks: [
        pieces(placed.flatMap(({ y, sums }) => [...barOf(y, "total", sums), ...barOf(y + STEP, "active", sums)])),
        ...(names
          ? [
              words(
                placed.map(({ name, y }) => ({
                  text: shorten(name, width / LETTER.bold),
                  y: y - 7,
                  x: 2,
                  weight: 600,
                })),
              ),
            ]
          : []),
        words(
          placed.flatMap(({ y }) => [
            { text: "total", y: y + BAR / 2 + 4, x: 44 },
            { text: "active", y: y + STEP + BAR / 2 + 4, x: 44 },
          ]),
        ),
        endWords(
          placed.flatMap(({ y, total, active }) => [
            { y, x: total, value: inWords(total) },
            end(y + STEP, total, active),
          ]),
        ),
        ...(rows.length === 0 ? [waiting("no rows yet")] : []),
        headMarks(head, width),
      ],
    },
    key.at(height - key.height - 4),
  );
  return new Figure({
    name: "parameters",
    width,
    height,
    markup,
    description: `${head.title}: ${listed(models, describe) || "no model"}.`,
    facts: Object.fromEntries(models.map(({ name, total, active }) => [name, { total, active }])),
  });
}

/** "28.7 % of the 46.3 billion parameters of MoE work on a token": of the model of which the least works. */
function finding(models: readonly Model[]): string {
  const least = models[minIndex(models, ({ total, active }) => (total > 0 ? active / total : NaN))];
  if (!least || least.total === 0) return "What it has, and what works on a token";
  const whose = models.length > 1 ? ` of ${least.name}` : "";
  return `${percent(least.active / least.total)} of the ${inWords(least.total)} parameters${whose} work on a token`;
}

interface Model {
  readonly name: string;
  readonly total: number;
  readonly active: number;
  readonly sums: ReadonlyMap<string, { total: number; active: number }>;
}

function modelOf(name: string, own: readonly Read<ParameterBarsRow>[]): Model {
  const sums = new Map<string, { total: number; active: number }>();
  for (const { component, total, active } of own) {
    const group = GROUPS.find(({ of }) => of.test(component))?.name ?? "norms, router, other";
    const sum = sums.get(group) ?? { total: 0, active: 0 };
    sums.set(group, { total: sum.total + total, active: sum.active + active });
  }
  const add = (pick: "total" | "active") => own.reduce((sum, row) => sum + row[pick], 0);
  return { name, total: add("total"), active: add("active"), sums };
}

function barOf(y: number, what: "total" | "active", sums: Model["sums"]): Piece[] {
  let x = 0;
  const next = (group: (typeof GROUPS)[number], size: number, pale: boolean): Piece[] => {
    if (size <= 0) return [];
    const piece = {
      y,
      name: group.name,
      x1: x,
      x2: (x += size),
      color: group.color,
      pale,
      title: `${pale ? "at rest: " : ""}${group.name}, ${size.toLocaleString("en")}`,
      inside: pale ? ["experts at rest", "at rest"] : [group.name],
    };
    return [piece];
  };
  return GROUPS.flatMap((group) => {
    const { total, active } = sums.get(group.name) ?? { total: 0, active: 0 };
    return [...next(group, active, false), ...(what === "total" ? next(group, total - active, true) : [])];
  });
}

const end = (y: number, total: number, active: number) => ({
  y,
  x: active,
  value: inWords(active),
  ...(active < total ? { more: `${percent(active / total)} of total` } : {}),
});

/** Words left of the bars: bold ones begin at x, the others end there. */
const words = (all: readonly { text: string; x: number; y: number; weight?: number }[]): Plot.Markish =>
  mark((_scales, _box, document) => {
    const group = svgElement(document, "g", { class: "bar-names" });
    for (const { text, x, y, weight } of all) {
      const look = weight
        ? { "font-weight": weight, "text-anchor": "start", fill: color("ink") }
        : { "text-anchor": "end", fill: color("muted") };
      group.append(svgText(document, text, { x, y, ...look }));
    }
    return group;
  });

const describe = ({ name, total, active }: Model): string =>
  `${name} has ${inWords(total)} parameters, ${inWords(active)} of them active`;
