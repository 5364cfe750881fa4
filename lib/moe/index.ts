/** Mixtures of experts: routers, balance, capacity, dispatch, metrics. */
export type { BalanceFactors, Noise, Overflow, Queue, RouterConfig, Score, Select } from "../config/router/fields.js";
export { balanceFactors, dependsOnBatch, routerDefaults, routerFields } from "../config/router/defaults.js";
export { routerProblem } from "../config/router/problems.js";
export { type Assignment, type Noisy, type RouteContext, type Routing, type Status, tensorsOf } from "./routing.js";
export { route, routeTopK } from "./route.js";
export { withDestroyedExperts } from "./metrics/destroyed.js";
export { withoutExperts } from "./metrics/without.js";
export { Router, type RouterOptions } from "./router.js";
export { cosineLogits, probabilities, scoresOf } from "./scores.js";
export { gumbelNoise, jitter, learnedNoise, normalNoise } from "./noise.js";
export type { Scored, Selection } from "./select/selection.js";
export { selectTopK } from "./select/topK.js";
export { selectTopP } from "./select/topP.js";
export { selectGShard } from "./select/gshard.js";
export { type GroupOptions, selectGroupLimited } from "./select/groupLimited.js";
export { expertsTake, selectExpertChoice } from "./select/expertChoice.js";
export { selectHash } from "./select/hash.js";
export { hashTable, learnTable, type SeenChoices, selectTable } from "./select/tokenTable.js";
export { selectRandom } from "./select/random.js";
export { selectSinkhorn, sinkhorn } from "./select/sinkhorn.js";
export { selectBase } from "./select/base.js";
export { capacityOf, chanceDropShare } from "./capacity/capacity.js";
export { placementOrder, type QueueOptions } from "./capacity/queue.js";
export { place, type Placement, type PlaceOptions } from "./capacity/place.js";
export { cv2 } from "./balance/cv2.js";
export { importanceLoss, summedWeights } from "./balance/importance.js";
export { chanceToBeChosen, loadLoss } from "./balance/load.js";
export { joinedBalanceLoss } from "./balance/joined.js";
export { switchBalanceLoss } from "./balance/switch.js";
export { gshardBalanceLoss } from "./balance/gshard.js";
export { sequenceBalanceLoss, sequenceShares } from "./balance/sequence.js";
export { zLoss } from "./balance/zLoss.js";
export { routersIn, updateBias, updateSelectionBiases } from "./balance/selectionBias.js";
export { updateQuantile } from "./balance/quantile.js";
export { hiddenExperts } from "./balance/expertDropout.js";
export { balanceLoss } from "./balance/terms.js";
export { deadExperts, effectiveExperts, gini, loadCV, loadEntropy, maxViolation } from "./metrics/load.js";
export {
  favorites,
  firstWeight,
  flipRate,
  overflowShares,
  paddingShare,
  routerEntropy,
  skippedShare,
} from "./metrics/tokens.js";
export {
  type Baseline,
  mutualInformation,
  nmi,
  shuffledNMI,
  type ShuffleOptions,
} from "./metrics/mutualInformation.js";
export {
  flowRows,
  type FlowRowsOptions,
  type LayerNumbers,
  loadRows,
  queueRows,
  type TokenRow,
  tokenRows,
} from "./metrics/figures.js";
export { loadCVByChance, type RoutingRow, routingRows } from "./metrics/rows.js";
export { combine, dispatch, passOn, type Plan, planByExpert } from "./dispatch.js";
export { Experts } from "./experts.js";
export { MoE, type MoEOptions, type Pass, type WorkPart, workParts } from "./moe.js";
export { type Mixing, SoftMoE, type SoftMoEOptions } from "./softMoE.js";
export { combinations, fineGrained } from "./fineGrained.js";
export { moeByLoop } from "./loop.js";
