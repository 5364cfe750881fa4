/** One plain row per layer: what a chart of routing reads. */

import { checkIntegers } from "../../config/options.js";
import { checkRoutings, checkTopK } from "../check.js";
import { noGrad } from "../../tensor/autograd.js";
import { logsumexp } from "../../tensor/ops/softmax.js";
import { read } from "../../tensor/tensor.js";
import type { Routing } from "../routing.js";
import { deadExperts, effectiveExperts, gini, loadCV, loadEntropy, maxViolation } from "./load.js";
import { nmi } from "./mutualInformation.js";
import {
  favorites,
  firstWeight,
  flipRate,
  overflowShares,
  paddingShare,
  routerEntropy,
  skippedShare,
} from "./tokens.js";

export interface RoutingRow {
  /** 0 is the first. */
  layer: number;
  /** [E] share of the assignments with a place. */
  load: number[];
  /** [E] mean probability. */
  importance: number[];
  /** Standard deviation / mean of what was asked for, before any capacity; so are the next five. */
  cv: number;
  /** max / mean − 1. */
  maxViolation: number;
  gini: number;
  /** Of the load, nats. */
  entropy: number;
  effectiveExperts: number;
  /** Experts that no token asked for. */
  deadExperts: number;
  /** Shares of the assignments that asked for a place: those that found none, and those that went to another expert. */
  dropped: number;
  rerouted: number;
  /** Share of all choices that were not sent (GShard's second expert). */
  skipped: number;
  /** Share of the places that stay empty. */
  padding: number;
  /** Mean over tokens, nats. */
  routerEntropy: number;
  /** Mean weight of the first choice. */
  firstWeight: number;
  /** NMI of the favorite experts here and in the layer before; null in the first. */
  agreement: number | null;
  /** Share of tokens whose favorite changed since `before`; null without it. In rows of training: see `TrainRow`. */
  flipRate: number | null;
  /** Mean of (logsumexp of the logits)²; null for a router without logits. */
  z: number | null;
  /** Number of tokens: of few tokens, a load is uneven by chance (see `loadCVByChance`). */
  nToken: number;
}

/** @param before routings of the same tokens at an earlier step, for the flip rate */
export function routingRows(routings: readonly Routing[], before?: readonly Routing[]): RoutingRow[] {
  checkRoutings("routingRows", routings);
  if (before) checkRoutings("routingRows", before);
  return routings.map((routing, layer) => ({
    layer,
    load: routing.load,
    importance: routing.importance,
    cv: loadCV(routing.demand),
    maxViolation: maxViolation(routing.demand),
    gini: gini(routing.demand),
    entropy: loadEntropy(routing.demand),
    effectiveExperts: effectiveExperts(routing.demand),
    deadExperts: deadExperts(routing.demand),
    ...overflowShares(routing),
    skipped: skippedShare(routing),
    padding: paddingShare(routing),
    routerEntropy: routerEntropy(routing),
    firstWeight: firstWeight(routing),
    agreement: layer > 0 ? nmi(favorites(routings[layer - 1]), favorites(routing)) : null,
    flipRate: before ? flipRate(before[layer], routing) : null,
    z: zOf(routing),
    nToken: routing.nToken,
  }));
}

function zOf({ logits, nToken }: Routing): number | null {
  if (!logits || nToken === 0) return null;
  let sum = 0;
  for (const z of read(noGrad(() => logsumexp(logits, 1)))) sum += z * z;
  return sum / nToken;
}

/** √((E − K) / (K · N)): the root of the mean CV² where each of N tokens picks K of E different experts by even chance. One expert's
 *  load is then Bin(N, K/E): variance N · K/E · (1 − K/E), over the squared mean (N · K/E)². A load is evidence of collapse only
 *  well above this; of 8 tokens, nearly every load is uneven. */
export function loadCVByChance(nToken: number, topK: number, nExpert: number): number {
  checkIntegers("loadCVByChance", { nToken }, { from: 0 });
  checkTopK("loadCVByChance", topK, nExpert);
  return nToken > 0 ? Math.sqrt((nExpert - topK) / (topK * nToken)) : 0;
}
