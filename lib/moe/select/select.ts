/** Calls the selection that a config names. */

import { read, type Tensor } from "../../tensor/tensor.js";
import { factorIn } from "../../config/router/defaults.js";
import type { RouterConfig } from "../../config/router/fields.js";
import type { RouteContext } from "../route.js";
import { selectBase } from "./base.js";
import { selectExpertChoice } from "./expertChoice.js";
import { selectGroupLimited } from "./groupLimited.js";
import { selectGShard } from "./gshard.js";
import { selectHash } from "./hash.js";
import { selectRandom } from "./random.js";
import type { Scored, Selection } from "./selection.js";
import { selectSinkhorn } from "./sinkhorn.js";
import { selectTopK } from "./topK.js";
import { selectTopP } from "./topP.js";

export interface Choosable {
  /** All [N, E]. */
  logits: Tensor;
  scores: Tensor;
  probs: Tensor;
  /** Experts that nobody may choose in this step. */
  hidden: readonly number[];
}

/** @returns the selection, and the scores by which a token's experts are ranked where one of them is full */
export function select(
  { logits, scores, probs, hidden }: Choosable,
  config: RouterConfig,
  context: RouteContext,
): { selection: Selection; scored: Scored } {
  const [nToken, nExpert] = logits.shape;
  const { topK, ties } = config;
  const of = (x: Tensor, bias?: ArrayLike<number>): Scored => ({
    scores: shifted(read(x), nExpert, hidden, bias),
    nToken,
    nExpert,
    ties,
  });
  const byScores = of(scores, context.selectionBias);
  const training = context.training ?? false;
  const pair = (selection: Selection, scored = byScores): { selection: Selection; scored: Scored } => ({
    selection,
    scored,
  });
  switch (config.select) {
    case "gshard":
      return pair(selectGShard(byScores, config.secondExpert, context.uniform ?? drawn(nToken, config, context)));
    case "groupLimited":
      return pair(selectGroupLimited(byScores, config));
    case "topP":
      return pair(selectTopP(of(probs), config.topP, topK));
    case "expertChoice":
      return pair(
        selectExpertChoice(
          byScores,
          Math.min(nToken, Math.floor((nToken * topK * (factorIn(training, config) ?? 1)) / nExpert)),
        ),
      );
    case "hash":
      if (context.ids?.length !== nToken)
        throw new RangeError(
          `router: select "hash" needs { ids } of ${nToken} tokens, got ${context.ids?.length ?? "none"}`,
        );
      return pair(selectHash(context.ids, nExpert, topK));
    case "random":
      if (!context.rng) throw new RangeError('router: select "random" needs a random generator: pass { rng }');
      return pair(selectRandom(nToken, nExpert, topK, training ? context.rng : context.rng.fork("evaluation")));
    case "sinkhorn":
      return training ? pair(selectSinkhorn(of(logits), topK), of(logits)) : pair(selectTopK(of(logits), topK));
    case "base":
      return training ? pair(selectBase(of(logits)), of(logits)) : pair(selectTopK(of(logits), topK));
    default:
      return pair(selectTopK(byScores, topK));
  }
}

/** GShard's draws: in training alone. */
function drawn(nToken: number, { secondExpert }: RouterConfig, { training, rng }: RouteContext): Float64Array | null {
  if (!training || secondExpert === "all") return null;
  if (!rng) throw new RangeError('router: select "gshard" needs a random generator in training: pass { rng }');
  return new Float64Array(nToken).map(() => rng.uniform());
}

/** A copy of the scores with the bias added and hidden experts at −∞; the numbers themselves where nothing changes. */
function shifted(
  S: ArrayLike<number>,
  nExpert: number,
  hidden: readonly number[],
  bias: ArrayLike<number> | undefined,
): ArrayLike<number> {
  const copy = Float64Array.from(S);
  if (bias) for (let i = 0; i < copy.length; i++) copy[i] += bias[i % nExpert];
  for (const e of hidden) for (let i = e; i < copy.length; i += nExpert) copy[i] = -Infinity;
  return copy;
}
