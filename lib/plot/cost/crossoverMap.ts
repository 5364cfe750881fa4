import { counted, digits } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { type FrameOptions, LETTER, Options, shorten } from "../options.js";
import { colorKey, keyPlace } from "../marks/colorKey.js";
import { below, dashedBox, fill, muted, picture, px, rect, stroke, words } from "../marks/svg.js";
import {
  type Accessors,
  amount,
  type Columns,
  label,
  number,
  optional,
  orNull,
  readRows,
  step,
} from "../rows/columns.js";

/** A mixture of experts against a dense model. */
export interface CrossoverRow {
  /** What both have the same amount of: "active parameters". */
  readonly contract: string;
  /** D of both. */
  readonly dModel: number;
  /** Of the mixture. */
  readonly experts: number;
  /** Of training, at which the losses were read. */
  readonly step: number;
  /** Loss of the mixture minus loss of the dense model, nats; null where nobody has measured it. */
  readonly difference: number | null;
  /** Interval of the difference. Without both ends nothing is decided. */
  readonly low?: number | null;
  readonly high?: number | null;
}

const COLUMNS: Columns<CrossoverRow> = {
  ...{ contract: label, dModel: amount, experts: amount, step, difference: orNull(number) },
  ...{ low: optional(orNull(number)), high: optional(orNull(number)) },
};

type Outcome = "moe" | "dense" | "undecided" | "missing";
interface Cell extends CrossoverRow {
  readonly outcome: Outcome;
}

const CELL = { least: 40, most: 58, height: 26 }; // px
const GAP = 14; // px between panels
const PANELS = 60; // drawn at most
const TINTS = 16;
const FULL = 0.55; // numbers in a tinted cell stay legible
const small = `font-size="11"`;

/** Who wins, and when: a panel for each contract and step, a column for each width, a row for each number of experts. Orange: the mixture
 *  has the lower loss; blue: the dense model has. A filled cell is decided, as its interval leaves out 0; a hollow one may be chance; a dashed one
 *  has not been measured. Of rows for the same place the last counts.
 *  @example
 *  const cell = { contract: "active parameters", dModel: 32, experts: 4, step: 500 };
 *  crossoverMap([{ ...cell, difference: -0.05, low: -0.07, high: -0.03 }]).facts;
 *  // => { cells: 1, measured: 1, moe: 1, dense: 0, undecided: 0, missing: 0, step: 500 }
 */
export function crossoverMap<T extends object>(
  rows: Iterable<T>,
  options: FrameOptions & Accessors<CrossoverRow, T>,
): Figure;
export function crossoverMap(rows: Iterable<CrossoverRow>, options?: FrameOptions): Figure;
export function crossoverMap(data: Iterable<object>, options: FrameOptions = {}): Figure {
  const rows = readRows("crossoverMap", data, COLUMNS, options);
  const given = new Options("crossoverMap", options);
  const width = given.size("width", 680);
  const byPlace = new Map(rows.map((row) => [`${row.contract} ${row.dModel} ${row.experts} ${row.step}`, row]));
  const cells = [...byPlace.values()].map((row): Cell => ({ ...row, outcome: outcomeOf(row) }));
  const steps = ascending(cells, (cell) => cell.step);
  const last = cells.filter((cell) => cell.step === steps.at(-1));
  const measured = last.length - countOf(last, "missing");
  const facts = { cells: cells.length, measured, ...countsOf(last), step: steps.at(-1) ?? null };
  const head = given.head(
    finding(last),
    "MoE loss minus dense loss, nats · filled: decided; hollow: may be chance; dashed: not measured",
  );
  const { panels, notDrawn } = panelsOf(cells, steps);
  const largest = Math.max(0, ...cells.map(({ difference }) => Math.abs(finite(difference))));
  const key = colorKey({
    strengths: Array.from({ length: 2 * TINTS + 1 }, (_, i) => (FULL * (TINTS - i)) / TINTS),
    ...{
      below: "dense",
      above: "moe",
      low: `MoE lower ${digits(-largest, 2)}`,
      high: `dense lower ${digits(largest, 2)}`,
    },
  });
  const place = keyPlace(key, head, width);
  const top = below(head, width) + place.height + 4;
  const layout = layoutOf(panels, width);
  const height = given.size("height", cells.length === 0 ? top + 24 : top + layout.height + 18 * notDrawn.length + 6);
  const body =
    cells.length === 0
      ? words(2, top + 10, "no rows yet", muted)
      : key.at(place.x, place.y) +
        layout.drawn(top, largest) +
        notDrawn.map((note) => words(2, top + layout.height + 12, note, muted)).join("");
  return new Figure({
    name: "crossover-map",
    width,
    height,
    markup: picture(width, height, head, body),
    description: `${[head.title || finding(last), ...byContract(last)].join("; ")}.`,
    facts,
  });
}

/** Below 0 is the lower loss of the mixture. */
function outcomeOf({ difference, low, high }: CrossoverRow): Outcome {
  if (difference === null || !Number.isFinite(difference)) return "missing";
  if (typeof low !== "number" || typeof high !== "number") return "undecided";
  return high < 0 ? "moe" : low > 0 ? "dense" : "undecided";
}

const finite = (value: number | null): number => (value !== null && Number.isFinite(value) ? value : 0);
const ascending = (cells: readonly Cell[], of: (cell: Cell) => number): number[] =>
  [...new Set(cells.map(of))].sort((a, b) => a - b);
const countOf = (cells: readonly Cell[], outcome: Outcome): number =>
  cells.filter((cell) => cell.outcome === outcome).length;
const countsOf = (cells: readonly Cell[]): Record<Outcome, number> => ({
  ...{ moe: countOf(cells, "moe"), dense: countOf(cells, "dense") },
  ...{ undecided: countOf(cells, "undecided"), missing: countOf(cells, "missing") },
});

/** Of the cells of the last step. */
function finding(cells: readonly Cell[]): string {
  if (cells.length === 0) return "Mixture of experts against dense models";
  const { moe, dense, missing } = countsOf(cells);
  const measured = cells.length - missing;
  const after = `After ${digits(cells[0].step, 6)} steps`;
  if (measured === 0) return `${after} nothing has been measured yet`;
  return `${after} the MoE has the lower loss in ${moe} of ${counted(measured, "cell")}, the dense model in ${dense}`;
}

const byContract = (cells: readonly Cell[]): string[] =>
  [...new Set(cells.map(({ contract }) => contract))].slice(0, 8).map((contract) => {
    const { moe, dense, undecided, missing } = countsOf(cells.filter((cell) => cell.contract === contract));
    return `equal ${contract}: MoE ${moe}, dense ${dense}, undecided ${undecided}, not measured ${missing}`;
  });

interface Panel {
  readonly contract: string;
  readonly step: number;
  readonly cells: readonly Cell[];
}

/** The panels of one step stand in one row, or in as many as they need. */
function panelsOf(cells: readonly Cell[], steps: readonly number[]): { panels: Panel[]; notDrawn: string[] } {
  const contracts = [...new Set(cells.map(({ contract }) => contract))];
  const all = steps.flatMap((step) =>
    contracts.map((contract) => ({
      contract,
      step,
      cells: cells.filter((cell) => cell.step === step && cell.contract === contract),
    })),
  );
  const more = all.length - PANELS;
  return { panels: all.slice(0, PANELS), notDrawn: more > 0 ? [`${counted(more, "panel")} more, not drawn`] : [] };
}

function layoutOf(
  panels: readonly Panel[],
  width: number,
): { height: number; drawn: (top: number, largest: number) => string } {
  const cells = panels.flatMap((panel) => panel.cells);
  const [widths, experts] = [ascending(cells, (cell) => cell.dModel), ascending(cells, (cell) => cell.experts)];
  const contracts = new Set(panels.map(({ contract }) => contract)).size;
  const left = 16 + LETTER.small * Math.max(0, ...experts.map((count) => `E ${digits(count, 6)}`.length));
  const fits = (abreast: number): number => ((width - left + GAP) / abreast - GAP) / Math.max(1, widths.length);
  let abreast = Math.max(1, contracts);
  while (abreast > 1 && fits(abreast) < CELL.least) abreast--;
  const cellWidth = Math.max(8, Math.min(CELL.most, Math.floor(fits(abreast))));
  const panelWidth = cellWidth * widths.length + GAP;
  const panelHeight = 34 + CELL.height * experts.length + 10;
  const rowsOfStep = Math.ceil(contracts / abreast);
  const stepHeight = 20 + rowsOfStep * panelHeight;
  const steps = [...new Set(panels.map((panel) => panel.step))];
  const drawn = (top: number, largest: number): string =>
    steps
      .map((step, s) => {
        const y = top + s * stepHeight;
        const own = panels.filter((panel) => panel.step === step);
        const heading = words(2, y + 14, `after ${digits(step, 6)} steps`, `font-weight="600" ${fill("ink")}`);
        const parts = own.map((panel, i) => {
          const [x, from] = [left + (i % abreast) * panelWidth, y + 20 + Math.floor(i / abreast) * panelHeight];
          const names = i % abreast === 0 ? rowNames(experts, left - 6, from + 34) : "";
          return names + panelMarkup(panel, { x, y: from, cellWidth, widths, experts, largest });
        });
        return heading + parts.join("");
      })
      .join("");
  return { height: steps.length * stepHeight, drawn };
}

const rowNames = (experts: readonly number[], x: number, y: number): string =>
  experts
    .map((count, i) =>
      words(x, y + (i + 0.5) * CELL.height + 4, `E ${digits(count, 6)}`, `${small} text-anchor="end" ${muted}`),
    )
    .join("");

interface Place {
  readonly x: number;
  readonly y: number;
  readonly cellWidth: number;
  readonly widths: readonly number[];
  readonly experts: readonly number[];
  readonly largest: number;
}

function panelMarkup({ contract, cells }: Panel, { x, y, cellWidth, widths, experts, largest }: Place): string {
  const room = Math.max(6, Math.floor((cellWidth * widths.length + GAP - 4) / LETTER.small));
  const title = words(x, y + 11, shorten(`equal ${contract}`, room), `${small} ${fill("ink")}`);
  const columns = widths.map((own, i) =>
    words(x + (i + 0.5) * cellWidth, y + 27, `D ${digits(own, 6)}`, `${small} text-anchor="middle" ${muted}`),
  );
  const boxes = cells.map((cell) => {
    const left = x + widths.indexOf(cell.dModel) * cellWidth;
    const top = y + 34 + experts.indexOf(cell.experts) * CELL.height;
    return `<g class="cell" data-outcome="${cell.outcome}">${box(cell, left, top, cellWidth, largest)}</g>`;
  });
  return `<g class="panel">${title}${columns.join("")}${boxes.join("")}</g>`;
}

function box(cell: Cell, x: number, y: number, width: number, largest: number): string {
  const [inner, height] = [width - 3, CELL.height - 3];
  const hint = hintOf(cell);
  if (cell.outcome === "missing") return rect(x + 1, y + 1, inner, height, dashedBox("grid"), hint);
  const value = finite(cell.difference);
  const tint = value < 0 ? "moe" : "dense";
  const share = largest > 0 ? Math.ceil((Math.abs(value) / largest) * TINTS) / TINTS : 0;
  const isDecided = cell.outcome !== "undecided";
  const look = isDecided
    ? `${fill(tint)} fill-opacity="${px(FULL * share)}" ${stroke(tint)}`
    : `fill="none" ${stroke(tint)} stroke-opacity="0.45"`;
  const text = written(value, width);
  const number = text
    ? words(
        x + width / 2,
        y + CELL.height / 2 + 4,
        text,
        `${small} text-anchor="middle" ${isDecided ? fill("ink") : muted}`,
      )
    : "";
  return rect(x + 1, y + 1, inner, height, look, hint) + number;
}

/** "−0.083", or "−.083" where there is less room. */
function written(value: number, width: number): string {
  const sign = value < 0 ? "−" : value > 0 ? "+" : "";
  const magnitude = Math.abs(value) >= 10 ? digits(Math.abs(value), 2) : Math.abs(value).toFixed(3);
  const long = sign + magnitude;
  const forms = [long, long.replace("0.", ".")];
  return forms.find((form) => form.length * LETTER.small + 4 <= width) ?? "";
}

function hintOf({ contract, dModel, experts, step, difference, low, high, outcome }: Cell): string {
  const place = `equal ${contract}, D ${dModel}, E ${experts}, ${step} steps`;
  if (outcome === "missing") return `${place}: not measured`;
  const range = typeof low === "number" && typeof high === "number" ? ` (${digits(low, 3)} to ${digits(high, 3)})` : "";
  return `${place}: ${digits(finite(difference), 3)} nats${range}`;
}
