import { group, least, max, mean, sum } from "d3";
import { digits, grouped, percent } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { expertsOf, type FrameOptions, Options } from "../options.js";
import { below, muted, picture, words } from "../marks/svg.js";
import {
  type Accessors,
  type Columns,
  flag,
  index,
  number,
  oneOf,
  optional,
  readRows,
  share,
} from "../rows/columns.js";
import { bars, type Step, type Stop, tables, wholeOf } from "./pathForms.js";

/** One expert in one layer, for one token. Experts that nothing is known of may be left out. */
export interface TokenPathRow {
  readonly layer: number;
  readonly expert: number;
  /** Score before softmax; −∞ for an expert that may not be chosen. */
  readonly logit: number;
  /** What was added to the logit. */
  readonly noise?: number;
  /** Left out before the softmax. */
  readonly masked?: boolean;
  /** What the softmax, or another score, made of it; from 0 to 1. */
  readonly prob: number;
  readonly chosen: boolean;
  /** Its part in the sum of the experts' outputs. */
  readonly weight?: number;
  /** Place in the expert's queue, from 0. */
  readonly place?: number;
  readonly status?: "kept" | "rerouted" | "dropped";
}

export interface TokenPathOptions extends FrameOptions {
  /** E; default one more than the largest expert of the rows. */
  readonly nExpert?: number;
}

const COLUMNS: Columns<Step> = {
  layer: index,
  expert: index,
  logit: number,
  prob: share,
  chosen: flag,
  noise: optional(number),
  masked: optional(flag),
  weight: optional(number),
  place: optional(index),
  status: optional(oneOf("kept", "rerouted", "dropped")),
};
const WHOLE = 8; // experts of a layer that are all shown
const RUNNERS = 2; // of more
const LINES = 48; // of tables

/** One token's way through the layers: each expert's logit, what noise was added, what was masked, the probability, who was chosen, the
 *  place in the queue and the weight in the sum. Of more than eight experts a layer has the chosen, the two next and the sum of the
 *  others; of many layers each is one line.
 *  @example
 *  const row = { layer: 0, logit: 1, prob: 0.5, chosen: false };
 *  const figure = tokenPath([{ ...row, expert: 0, chosen: true }, { ...row, expert: 1 }]);
 *  figure.facts // => { layers: 1, experts: 2, held: 0.5, leastLayer: 0, least: 0.5, chosen: 1, rerouted: 0, dropped: 0 }
 */
export function tokenPath<T extends object>(
  rows: Iterable<T>,
  options: TokenPathOptions & Accessors<TokenPathRow, T>,
): Figure;
export function tokenPath(rows: Iterable<TokenPathRow>, options?: TokenPathOptions): Figure;
export function tokenPath(data: Iterable<object>, options: TokenPathOptions = {}): Figure {
  const rows = readRows("tokenPath", data, COLUMNS, options);
  const given = new Options("tokenPath", options);
  const nExpert = expertsOf(given, rows);
  const stops = [...group(rows, ({ layer }) => layer)].sort(([a], [b]) => a - b).map(([, own]) => stopOf(own, nExpert));
  const facts = factsOf(stops, nExpert);
  const width = given.size("width", 680);
  const lines = sum(stops, ({ chosen, next, others }) => chosen.length + next.length + (others > 0 ? 1 : 0));
  const isShort = lines <= LINES;
  const broken = rows.filter(({ prob }) => Number.isNaN(prob)).length;
  const whole = Math.max(1, max(stops, wholeOf) ?? 1);
  const how = isShort
    ? "orange: chosen · blue: not chosen"
    : "a line: a layer · orange: the probability of the chosen · blue: of the next two · gray: of the others";
  const head = given.head(finding(facts), how, [
    isShort && stops.some(({ others }) => others > 0) ? "the others together" : "",
    !isShort && facts.dropped > 0 ? "red: dropped" : "",
    whole > 1.01 ? `scores sum to up to ${digits(whole, 3)}` : "",
    broken > 0 ? `probabilities that are no number: ${broken}` : "",
  ]);
  const top = below(head, width) + 4;
  const form = isShort ? tables(stops, width, top) : bars(stops, width, top, whole);
  const isEmpty = stops.length === 0;
  const height = given.size("height", isEmpty ? top + 28 : top + form.height);
  return new Figure({
    name: "token-path",
    width,
    height,
    markup: picture(width, height, head, isEmpty ? words(2, top + 14, "no layers yet", muted) : form.markup),
    description: describe(head.title, stops),
    facts,
  });
}

function stopOf(rows: readonly Step[], nExpert: number): Stop {
  const [{ layer }] = rows;
  const seen = new Set<number>();
  for (const { expert } of rows) {
    if (seen.has(expert))
      throw new RangeError(`tokenPath needs rows of one token, layer ${layer} has expert ${expert} twice`);
    seen.add(expert);
  }
  const likely = (a: Step, b: Step) =>
    (Number.isNaN(b.prob) ? 2 : b.prob) - (Number.isNaN(a.prob) ? 2 : a.prob) || a.expert - b.expert;
  const chosen = rows.filter((row) => row.chosen).sort(likely);
  const free = rows.filter((row) => !row.chosen).sort(likely);
  const next = rows.length <= WHOLE ? free : free.slice(0, RUNNERS);
  return {
    ...{ layer, chosen, next },
    others: nExpert - chosen.length - next.length,
    rest: sum(free.slice(next.length), ({ prob }) => prob),
    masked: rows.filter(({ masked }) => masked).length,
  };
}

interface Facts {
  readonly layers: number;
  readonly experts: number;
  /** Probability of the chosen together, as an average of the layers; null where there is none. */
  readonly held: number | null;
  /** The layer where it is least, and how much it is there. */
  readonly leastLayer: number | null;
  readonly least: number | null;
  /** Choices in all layers, and what became of them. */
  readonly chosen: number;
  readonly rerouted: number;
  readonly dropped: number;
}

function factsOf(stops: readonly Stop[], experts: number): Facts {
  const held = stops
    .map(({ layer, chosen }) => ({ layer, held: chosen.reduce((all, { prob }) => all + prob, 0) }))
    .filter((one) => !Number.isNaN(one.held));
  const lowest = least(held, (a, b) => a.held - b.held);
  const count = (status: string) => sum(stops, ({ chosen }) => chosen.filter((step) => step.status === status).length);
  return {
    layers: stops.length,
    experts,
    held: mean(held, (one) => one.held) ?? null,
    leastLayer: lowest?.layer ?? null,
    least: lowest?.held ?? null,
    chosen: sum(stops, ({ chosen }) => chosen.length),
    rerouted: count("rerouted"),
    dropped: count("dropped"),
  };
}

function finding({ layers, held, leastLayer, least: lowest, chosen, dropped }: Facts): string {
  if (held === null || leastLayer === null || lowest === null) return "One token's way through the layers";
  const where =
    layers === 1
      ? ""
      : percent(lowest) === percent(held)
        ? " in each layer"
        : ` on average, in layer ${leastLayer + 1} only ${percent(lowest)}`;
  const lost = dropped > 0 ? `; ${grouped(dropped)} of ${grouped(chosen)} choices were dropped` : "";
  return `The chosen experts hold ${percent(held)} of the probability${where}${lost}`;
}

const SAID = 6; // layers, and experts of each

function describe(title: string, stops: readonly Stop[]): string {
  if (stops.length === 0) return `${title}: no layers.`;
  const parts = stops.slice(0, SAID).map(({ layer, chosen }) => {
    const names = chosen.slice(0, SAID).map(({ expert, prob, status }) => {
      const end = status === undefined || status === "kept" ? "" : `, ${status}`;
      return `expert ${expert} (${Number.isNaN(prob) ? "no number" : percent(prob)}${end})`;
    });
    const more = chosen.length > SAID ? ` and ${chosen.length - SAID} more` : "";
    return `layer ${layer + 1}: ${names.join(", ") || "no expert"}${more}`;
  });
  const more = stops.length > SAID ? `; and ${stops.length - SAID} more layers` : "";
  return `${title}; ${parts.join("; ")}${more}.`;
}
