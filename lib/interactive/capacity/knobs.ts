import { group, max } from "d3";
import { type Accessors, type Columns, index, numbers, optional, readRows } from "../../plot/rows/columns.js";
import { knobs, type KnobsFigure } from "../../plot/interactive/knobs.js";
import { Options } from "../../plot/options.js";
import { someOf, spreadOver } from "../../plot/rows/few.js";
import { topIndices } from "../../tensor/topIndices.js";
import { checkScores, startOf } from "../given.js";
import { packed, packedExperts, packedLength } from "../packed.js";
import { drawCapacityPage } from "../pages.generated.js";
import { type CapacityData, type CapacityFacts, type CapacityValues, drawCapacity, type LayerChoices } from "./draw.js";

/** One token at one router. */
export interface ScoresRow {
  /** [E] what chooses, the largest first: probabilities or logits. Rounded to float32. */
  readonly scores: readonly number[];
  /** Default 0: one layer. Several get a menu. */
  readonly layer?: number;
}

export interface CapacityKnobsOptions {
  /** With how many experts for each token it starts. Default 2, or 1 where there are two or fewer. */
  readonly topK?: number;
  /** With which capacity factor it starts, 0.05 to 4. Default 1. */
  readonly factor?: number;
  readonly width?: number;
}

const COLUMNS: Columns<ScoresRow> = { scores: numbers, layer: optional(index) };
/** Characters that an output has room for, for its data. */
const ROOM = 11_600;
/** Of each token, so many of its best experts: more than it is likely to try. */
const DEPTH = 16;
/** Tokens of a layer below which a layer says little. */
const FEW = 60;
const MOST_K = 8;

/** Who finds a place: capacity factor, experts for each token, overflow and queue as knobs over the choices of real tokens, counted in the
 *  page by the functions that route in this library. At evaluation and in one sequence, as `route` does it with "slotMajor".
 *
 *  An output of less than 60 kB has room for some 400 tokens with the 16 best experts of each, among which overflow "nextBest" then
 *  looks; of more tokens it has the first ones, and of many layers some, as the subtitle says.
 *  @example
 *  const rows = [[3, 1], [2, 1], [4, 0]].map((scores) => ({ scores }));
 *  capacityKnobs(rows, { topK: 1 }).at({ overflow: "nextBest" }).facts.rerouted // => 1 */
export function capacityKnobs<T extends object>(
  rows: Iterable<T>,
  options: CapacityKnobsOptions & Accessors<ScoresRow, T>,
): KnobsFigure<CapacityValues, CapacityFacts>;
export function capacityKnobs(
  rows: Iterable<ScoresRow>,
  options?: CapacityKnobsOptions,
): KnobsFigure<CapacityValues, CapacityFacts>;
export function capacityKnobs(
  data: Iterable<object>,
  options: CapacityKnobsOptions = {},
): KnobsFigure<CapacityValues, CapacityFacts> {
  const rows = readRows("capacityKnobs", data, COLUMNS, options);
  const given = new Options("capacityKnobs", options);
  const nExpert = checkScores(
    "capacityKnobs",
    rows.map(({ scores }) => scores),
  );
  const kept = keptOf(rows, nExpert);
  const most = Math.min(MOST_K, nExpert);
  const topK = { min: 1, max: most, step: 1, start: nExpert > 2 ? 2 : 1 };
  const factor = { min: 0.05, max: 4, step: 0.05, start: 1 };
  const names = kept.layers.map(({ name }) => name);
  return knobs<CapacityValues, CapacityData, CapacityFacts>(drawCapacity, {
    label: "capacity",
    controls: {
      factor: { label: "capacity factor", ...factor, start: startOf(given, "factor", factor) },
      topK: { label: "experts per token", ...topK, start: startOf(given, "topK", topK) },
      overflow: { label: "overflow", choices: ["drop", "nextBest"], start: "drop" },
      queue: { label: "queue", choices: ["position", "probability"], start: "position" },
      ...(names.length > 1 && { layer: { label: "layer", choices: names, start: names[0] } }),
    },
    data: kept,
    script: drawCapacityPage,
    width: given.size("width", 680),
  });
}

/** What there is room for. */
function keptOf(rows: readonly ScoresRow[], nExpert: number): CapacityData {
  const depth = Math.min(DEPTH, nExpert);
  const room = Math.floor(ROOM / (packedLength(depth, nExpert > 256 ? 2 : 1) + packedLength(1, 4))); // tokens
  const layers = [...group(rows, ({ layer = 0 }) => layer)].sort(([a], [b]) => a - b);
  const nToken = max(layers, ([, own]) => own.length) ?? 0;
  const chosen = spreadOver(layers, Math.max(1, Math.floor(room / Math.min(Math.max(nToken, 1), FEW))));
  const each = Math.floor(room / Math.max(chosen.length, 1));
  const notes = [
    someOf(each, nToken, "tokens", "the first"),
    someOf(chosen.length, layers.length, "layers"),
    depth < nExpert ? `of each token its ${depth} best experts` : "",
  ];
  const empty: LayerChoices = { name: "0", nToken: 0, experts: "", best: "" };
  return {
    nExpert,
    depth,
    layers:
      chosen.length > 0 ? chosen.map(([layer, own]) => choicesOf(String(layer), own.slice(0, each), depth)) : [empty],
    note: notes.filter(Boolean).join(", "),
  };
}

function choicesOf(name: string, rows: readonly ScoresRow[], depth: number): LayerChoices {
  const experts = new Int32Array(rows.length * depth);
  const best = new Float32Array(rows.length);
  rows.forEach((row, n) => {
    const own = Float32Array.from(row.scores); // as routers have them: rounded before they are compared
    topIndices(own, 0, own.length, depth, experts, n * depth);
    best[n] = own[experts[n * depth]];
  });
  return { name, nToken: rows.length, experts: packedExperts(experts, rows[0].scores.length), best: packed(best) };
}
