/** The rows of the figures, from routings. */

import { capacityOf } from "../../moe/capacity/capacity.js";
import { place } from "../../moe/capacity/place.js";
import { loadRows, placesOf, queueRows as queuesOf } from "../../moe/metrics/figures.js";
import { effectiveExperts } from "../../moe/metrics/load.js";
import type { RoutingRow } from "../../moe/metrics/rows.js";
import { overflowShares } from "../../moe/metrics/tokens.js";
import type { Routing } from "../../moe/routing.js";
import type { Overflow } from "../../config/router/fields.js";
import type {
  CapacityRow,
  EffectiveRow,
  ExpertsPerTokenRow,
  QueueRow,
  ShareRow,
  SoftmaxStepRow,
} from "../../plot/index.js";
import { read } from "../../tensor/tensor.js";

export interface Capacity {
  readonly factor?: number;
  readonly overflow?: Overflow;
}

export const effectiveRows = (routings: readonly Routing[], layers: readonly number[]): EffectiveRow[] =>
  routings.flatMap((routing, i) =>
    loadRows(routing).map(({ step, load }) => ({
      by: `layer ${layers[i] + 1}`,
      step,
      effective: effectiveExperts(load[0]),
    })),
  );

export function gateRows(routing: Routing, token: number): SoftmaxStepRow[] {
  const { logits, nExpert, tokens, experts } = routing;
  const weights = new Float64Array(nExpert);
  const W = read(routing.weights);
  tokens.forEach((n, i) => {
    if (n === token) weights[experts[i]] = W[i];
  });
  const z = logits && Array.from(read(logits).subarray(token * nExpert, (token + 1) * nExpert));
  const kept = Array.from(weights, (weight) => weight > 0);
  const sum = z?.reduce((all, x, e) => all + (kept[e] ? Math.exp(x - Math.max(...z)) : 0), 0) ?? 0;
  const isSoftmax = z?.every((x, e) => !kept[e] || Math.abs(Math.exp(x - Math.max(...z)) / sum - weights[e]) < 1e-4);
  if (!isSoftmax)
    throw new RangeError(
      "gates: the weights of this router are not the softmax over the chosen experts, which this figure shows; see heatMap()",
    );
  return z!.map((logit, expert) => ({ expert, logit, kept: kept[expert], weight: weights[expert] }));
}

export const perTokenRows = (routings: readonly Routing[], layers: readonly number[]): ExpertsPerTokenRow[] =>
  routings.flatMap((routing, i) => {
    const counts = new Map<number, number>();
    for (const { length } of placesOf(routing)) counts.set(length, (counts.get(length) ?? 0) + 1);
    return [...counts].map(([experts, tokens]) => ({ by: `layer ${layers[i] + 1}`, experts, tokens }));
  });

/** A layer of one expert has no entropy to share in: its router is as decided as can be. */
export const entropyRows = (rows: readonly RoutingRow[], layers: readonly number[]): ShareRow[] =>
  rows.flatMap(({ load, entropy, routerEntropy }, i) => {
    const most = Math.log(load.length) || 1;
    const x = layers[i] + 1;
    return [
      { by: "router", x, share: routerEntropy / most },
      { by: "load", x, share: entropy / most },
    ];
  });

/** The same choices, with so many places at each expert, in the order of the text. */
function placed(routing: Routing, factor: number, overflow: Overflow): { capacity: number; routing: Routing } {
  const { topK, tokens, wanted, slots, ranks, nToken, nExpert } = routing;
  const capacity = capacityOf(wanted.length, nExpert, factor);
  const scored = { scores: read(routing.probs), nToken, nExpert };
  const selection = { topK, tokens, experts: wanted, slots, ranks };
  const found = place(selection, scored, { capacity, overflow, queue: "position", order: "tokenMajor" });
  return { capacity, routing: { ...routing, ...found } };
}

export function queueRows(
  given: Routing,
  words: readonly string[],
  { factor, overflow }: Required<Capacity>,
): { lines: QueueRow[]; capacity: number } {
  const { capacity, routing } = placed(given, factor, overflow);
  return { lines: queuesOf(routing, words, overflow), capacity };
}

export const capacityRows = (
  given: Routing,
  policies: readonly Overflow[],
  factors: readonly number[] = [0.5, 1, 1.25, 1.5, 2],
): CapacityRow[] =>
  policies.flatMap((policy) =>
    factors.map((factor) => {
      const { capacity, routing } = placed(given, factor, policy);
      const taken = routing.positions.filter((position) => position >= 0).length;
      return { by: policy, factor, ...overflowShares(routing), padding: 1 - taken / (capacity * given.nExpert) };
    }),
  );
