/** Capacity and overflow over the choices of real tokens: what Node and the page draw alike. */

import { max } from "d3";
import { capacityOf } from "../../moe/capacity/capacity.js";
import { place } from "../../moe/capacity/place.js";
import { statusOf } from "../../moe/routing.js";
import type { Scored } from "../../moe/select/selection.js";
import { selectTopK } from "../../moe/select/topK.js";
import type { Drawn } from "../../plot/interactive/knobs.js";
import { legend } from "../../plot/marks/legend.js";
import { droppedLook, keptLook, reroutedLook, statusEntries } from "../../plot/routing/looks.js";
import { below, fill, muted, picture, words } from "../../plot/marks/svg.js";
import { digits, grouped, percent } from "../../text/numbers.js";
import { axes, blocks, type Columns, isThin, level, tooltips } from "../chart.js";
import { expertsIn, floats } from "../packed.js";

/** Positions of the knobs. */
export interface CapacityValues {
  readonly factor: number;
  readonly topK: number;
  readonly overflow: string;
  readonly queue: string;
  /** Of which layer, where there are several. */
  readonly layer?: string;
}

/** Of each token its best experts, best first, and the score of the very best: all that a choice, a place and another choice ask for. */
export interface LayerChoices {
  readonly name: string;
  readonly nToken: number;
  /** [N, depth] */
  readonly experts: string;
  /** [N] */
  readonly best: string;
}

export interface CapacityData {
  readonly nExpert: number;
  /** How many of a token's best experts are known. */
  readonly depth: number;
  readonly layers: readonly LayerChoices[];
  /** What was left out, for the subtitle. */
  readonly note: string;
}

export interface CapacityFacts {
  /** Places of each expert. */
  readonly capacity: number;
  readonly assignments: number;
  readonly kept: number;
  readonly rerouted: number;
  readonly dropped: number;
  /** Places that stay empty, of all experts together. */
  readonly empty: number;
  /** Tokens that no expert works on. */
  readonly without: number;
}

/** By expert: how many tokens asked for it, how many it took, and how many of these had asked for another. */
interface Experts {
  readonly demand: readonly number[];
  readonly taken: readonly number[];
  readonly rerouted: readonly number[];
}

const layerOf = ({ layers }: CapacityData, { layer }: CapacityValues): LayerChoices =>
  layers.find(({ name }) => name === layer) ?? layers[0];

/** Counts by the library's own selection, capacity and placement. */
function counted(values: CapacityValues, data: CapacityData): CapacityFacts & { experts: Experts } {
  const { nExpert } = data;
  const layer = layerOf(data, values);
  const scored = scoredOf(layer, data);
  const selection = selectTopK(scored, values.topK);
  const assignments = selection.tokens.length;
  const capacity = capacityOf(assignments, nExpert, values.factor);
  const overflow = values.overflow === "nextBest" ? "nextBest" : "drop";
  const queue = values.queue === "probability" ? "probability" : "position";
  const placement = place(selection, scored, { capacity, overflow, queue, order: "slotMajor" });
  const routing = { ...placement, wanted: selection.experts, skipped: new Uint8Array(assignments) };
  const counts = { kept: 0, rerouted: 0, dropped: 0, skipped: 0 };
  const [demand, taken, rerouted] = [0, 1, 2].map(() => new Array<number>(nExpert).fill(0));
  const served = new Set<number>();
  selection.tokens.forEach((token, i) => {
    const status = statusOf(routing, i);
    counts[status]++;
    demand[selection.experts[i]]++;
    if (status === "dropped") return;
    served.add(token);
    taken[placement.experts[i]]++;
    if (status === "rerouted") rerouted[placement.experts[i]]++;
  });
  const { kept, rerouted: moved, dropped } = counts;
  const empty = capacity * nExpert - kept - moved;
  const without = layer.nToken - served.size;
  const experts = { demand, taken, rerouted };
  return { capacity, assignments, kept, rerouted: moved, dropped, empty, without, experts };
}

/** Experts that are not among a token's best are hidden from it. */
function scoredOf({ nToken, experts, best }: LayerChoices, { nExpert, depth }: CapacityData): Scored {
  const [scores, logits] = [0, 1].map(() => new Float32Array(nToken * nExpert).fill(-Infinity));
  const own = floats(best);
  expertsIn(experts, nExpert).forEach((e, i) => {
    const n = Math.floor(i / depth);
    scores[n * nExpert + e] = own[n]; // the queue asks for the best alone
    logits[n * nExpert + e] = -(i % depth);
  });
  return { scores, logits, nToken, nExpert };
}

const HEIGHT = 190; // px of the columns

export function drawCapacity(values: CapacityValues, data: CapacityData, width: number): Drawn<CapacityFacts> {
  const { experts, ...facts } = counted(values, data);
  const { nExpert, note } = data;
  const { capacity, assignments, kept, rerouted, dropped, empty, without } = facts;
  const { nToken } = layerOf(data, values);
  const places = capacity * nExpert;
  const factor = digits(values.factor);
  const title =
    nToken === 0
      ? "No tokens, so nobody needs a place"
      : dropped > 0
        ? `At factor ${factor}, ${percent(dropped / assignments)} of the choices find no place`
        : `At factor ${factor}, every choice finds a place${rerouted > 0 ? `, ${percent(rerouted / assignments)} at another expert` : ""}`;
  const subtitle = [
    `${grouped(nToken)} tokens choose ${values.topK} of ${nExpert} experts each`,
    `${percent(places > 0 ? empty / places : 0)} of the places stay empty`,
    rerouted > 0 && dropped > 0 ? `${percent(rerouted / assignments)} of the choices go to another expert` : "",
    note,
  ]
    .filter(Boolean)
    .join(" · ");
  const head = { title, subtitle };
  const top = below(head, width) + 48;
  const { demand, taken } = experts;
  const own = taken.map((all, e) => all - experts.rerouted[e]);
  const turned = demand.map((asked, e) => asked - own[e]); // away from a full door: dropped, or sent elsewhere
  const highest = max(demand, (_, e) => taken[e] + turned[e]) ?? 0;
  const columns: Columns = {
    count: nExpert,
    most: Math.max(1, highest, Math.min(capacity, 1.6 * highest)) * 1.02,
    ...{ left: 40, right: width - 78, top, bottom: top + HEIGHT },
  };
  const isNext = values.overflow === "nextBest";
  const lostLook = isThin(columns) ? fill("alarm") : droppedLook;
  const bars =
    blocks(
      columns,
      (e) => taken[e],
      () => capacity,
      fill("grid"),
    ) +
    blocks(
      columns,
      () => 0,
      (e) => own[e],
      keptLook,
    ) +
    blocks(
      columns,
      (e) => own[e],
      (e) => taken[e],
      reroutedLook,
    ) +
    blocks(
      columns,
      (e) => taken[e],
      (e) => taken[e] + turned[e],
      lostLook,
    ) +
    tooltips(
      columns,
      (e) =>
        `expert ${e}: asked by ${demand[e]}, took ${own[e]} of them and ${experts.rerouted[e]} others, ${capacity - taken[e]} places empty`,
    );
  const beyond = capacity > columns.most;
  const key = legend(
    [
      ...statusEntries.filter(({ name }) => name === "kept" || (isNext && name === "rerouted")),
      { ...statusEntries[2], name: isNext ? "turned away" : "dropped" },
      { name: "empty", color: "grid" },
    ],
    width,
  ).at(below(head, width) - 2);
  const none =
    nToken === 0
      ? words((columns.left + columns.right) / 2, top + HEIGHT / 2, "no tokens", `text-anchor="middle" ${muted}`)
      : "";
  const body =
    key +
    axes(columns, "choices of tokens") +
    bars +
    level(columns, capacity, `${beyond ? "↑ " : ""}${grouped(capacity)} places`) +
    none;
  const height = top + HEIGHT + 38;
  const idle = without > 0 ? ` ${grouped(without)} tokens reach no expert.` : "";
  return {
    width,
    height,
    markup: picture(width, height, head, body),
    description: `${title}: ${grouped(kept)} kept, ${grouped(rerouted)} rerouted, ${grouped(dropped)} dropped of ${grouped(assignments)} choices; ${grouped(capacity)} places an expert, ${grouped(empty)} of them all empty.${idle}`,
    facts,
  };
}
