/** From logits to a `Routing`: noise, scores, choice, places, weights. Each step is a file of its own; here they are strung together. */

import { full } from "../tensor/create.js";
import { mean } from "../tensor/ops/reduce.js";
import { noGrad } from "../tensor/autograd.js";
import { ShapeError, show } from "../tensor/check.js";
import { type Generator, randn } from "../tensor/random.js";
import { read, type Tensor } from "../tensor/tensor.js";
import { hiddenExperts } from "./balance/expertDropout.js";
import { capacityOf } from "./capacity/capacity.js";
import { place } from "./capacity/place.js";
import { factorIn, routerDefaults } from "../config/router/defaults.js";
import type { RouterConfig } from "../config/router/fields.js";
import { routerProblem } from "../config/router/problems.js";
import { gumbelNoise, learnedNoise, normalNoise } from "./noise/noise.js";
import { loadOf, type Noisy, type Routing, statusOf } from "./routing.js";
import { probabilities, scoresOf } from "./scores/scores.js";
import { select } from "./select/select.js";
import type { Selection } from "./select/selection.js";
import { weigh } from "./weights.js";

/** What a router may need besides logits. */
export interface RouteContext {
  /** Noise, expert dropout and the capacity of training. Default false: evaluation. */
  training?: boolean;
  /** For everything that is drawn. */
  rng?: Generator;
  /** [N] token ids, for select "hash". */
  ids?: ArrayLike<number>;
  /** Tokens of one sequence. Default: all are one. */
  sequenceLength?: number;
  /** [N, E] x Wₙᵀ, for noise "learned". */
  spread?: Tensor;
  /** [N, E] standard normal numbers for noise "learned"; default drawn from `rng`. */
  noise?: Tensor;
  /** [N] even draws over [0, 1) for GShard's second expert; default drawn from `rng` in training. */
  uniform?: ArrayLike<number>;
  /** [E] added to the scores for the choice alone, never to the weights (DeepSeek-V3). */
  selectionBias?: ArrayLike<number>;
  /** Places of each expert, instead of those that capacityFactor gives. */
  capacity?: number;
}

/** Routes by a config: `route(logits, { topK: 2, noise: "gumbel" }, { training: true, rng })`. logits [N, E]; for "hash" and
 *  "random", which look at none, their numbers do not matter. */
export function route(logits: Tensor, input: Partial<RouterConfig>, context: RouteContext = {}): Routing {
  if (logits.rank !== 2 || logits.shape[1] < 1)
    throw new ShapeError(`route needs logits [N, E] of at least one expert, got ${show(logits.shape)}`);
  const config = routerDefaults(input, logits.shape[1]);
  const problem = routerProblem(config, logits.shape[1]);
  if (problem) throw new RangeError(`router: ${problem}`);
  return routed(logits, config, context);
}

/** As `route`, for a config that has been checked. */
export function routed(logits: Tensor, config: RouterConfig, context: RouteContext): Routing {
  const blind = config.select === "hash" || config.select === "random";
  const [nToken, nExpert] = logits.shape;
  const { training = false, sequenceLength = Math.max(nToken, 1) } = context;
  if (config.select === "soft")
    throw new RangeError('router: select "soft" mixes tokens instead of routing them: see SoftMoE');
  if (nToken > 0 && nToken % sequenceLength !== 0)
    throw new ShapeError(`router: ${nToken} tokens are no whole number of sequences of ${sequenceLength}`);
  const { noisy, chosenBy } = blind ? { noisy: null, chosenBy: logits } : shaken(logits, config, context);
  const scores = blind ? full([nToken, nExpert], 1) : scoresOf(chosenBy, config.score);
  const probs = blind ? full([nToken, nExpert], 1 / nExpert) : probabilities(scores, config.score);
  const hidden =
    training && config.expertDropout > 0
      ? hiddenExperts(nExpert, config.expertDropout, config.topK, need(context.rng, "expertDropout"))
      : [];
  const { selection, scored } = select({ logits: chosenBy, scores, probs, hidden }, config, context);
  const factor = factorIn(training, config);
  const perSequence = config.capacityPer === "sequence";
  const sequences = perSequence ? nToken / sequenceLength : 1;
  const share = selection.topK === null ? selection.tokens.length : nToken * selection.topK;
  const capacity =
    context.capacity ??
    (config.select === "expertChoice"
      ? Math.max(0, ...loadCounts(selection, nExpert))
      : factor === null
        ? null
        : capacityOf(share / Math.max(sequences, 1), nExpert, factor, config.minCapacity));
  const placement = place(selection, scored, {
    capacity,
    overflow: capacity === null || config.select === "expertChoice" ? "dropless" : config.overflow,
    queue: config.queue,
    order: config.order,
    rng: config.queue === "random" ? queueRng(context) : undefined,
    ...(perSequence ? { sequenceLength } : {}),
  });
  const softened = blind || config.score === "sigmoid" ? null : chosenBy;
  const weights = weigh(scores, softened, selection, placement, blind ? { ...config, renormalize: true } : config);
  return finished({
    nToken,
    nExpert,
    topK: selection.topK,
    sequenceLength,
    logits: blind ? null : logits,
    noisy,
    probs,
    weights,
    tokens: selection.tokens,
    wanted: selection.experts,
    slots: selection.slots,
    ...placement,
    demand: loadOf(selection.experts, nExpert, (i) => !selection.skipped?.[i]),
    capacity,
    places: capacity === null ? null : capacity * nExpert * sequences,
  });
}

/** Noise in training, if the config has any that acts on logits. */
function shaken(
  logits: Tensor,
  { noise, noiseScale }: RouterConfig,
  context: RouteContext,
): { noisy: Noisy | null; chosenBy: Tensor } {
  const still = { noisy: null, chosenBy: logits };
  if (!context.training) return still;
  if (noise === "gumbel") return { noisy: null, chosenBy: gumbelNoise(logits, noiseScale, need(context.rng, "noise")) };
  if (noise !== "normal" && noise !== "learned") return still; // jitter has shaken the input already
  let noisy: Noisy;
  if (noise === "normal") noisy = normalNoise(logits, noiseScale, need(context.rng, "noise"));
  else {
    if (!context.spread) throw new RangeError('router: noise "learned" needs { spread }, the logits of its size');
    const draws = context.noise ?? randn([...logits.shape], need(context.rng, "noise"));
    noisy = learnedNoise(logits, context.spread, draws, noiseScale);
  }
  return { noisy, chosenBy: noisy.logits };
}

function need(rng: Generator | undefined, what: string): Generator {
  if (!rng) throw new RangeError(`router: ${what} needs a random generator in training: pass { rng }`);
  return rng;
}

/** At evaluation the queue is shuffled the same way each time. */
const queueRng = ({ training, rng }: RouteContext): Generator | undefined =>
  training ? rng : rng?.fork("evaluation queue");

function loadCounts({ experts }: Selection, nExpert: number): number[] {
  const counts = new Array<number>(nExpert).fill(0);
  for (const e of experts) counts[e]++;
  return counts;
}

type Parts = Omit<Routing, "load" | "importance" | "rowsExecuted" | "assignments">;

/** Adds what can be counted from the rest. */
function finished(parts: Parts): Routing {
  const { nToken, nExpert, probs, weights, positions } = parts;
  return {
    ...parts,
    load: loadOf(parts.experts, nExpert, (i) => positions[i] >= 0),
    importance: nToken > 0 ? Array.from(read(noGrad(() => mean(probs, 0)))) : new Array<number>(nExpert).fill(0),
    rowsExecuted: null,
    assignments() {
      const W = read(weights);
      return Array.from(parts.tokens, (token, i) => ({
        token,
        expert: parts.experts[i],
        slot: parts.slots[i],
        weight: W[i],
        position: positions[i],
        rank: parts.ranks[i],
        status: statusOf(parts, i),
      }));
    },
  };
}

/** Softmax over all experts, then the topK largest. logits [N, E] -> Routing.
 *  With `renormalize` the weights equal a softmax over the chosen logits alone: exp(zᵢ) / Σ exp(zⱼ) over the chosen.
 *  Source: Shazeer et al. 2017, §2.1, https://arxiv.org/abs/1701.06538; Jiang et al. 2024, §2.1, https://arxiv.org/abs/2401.04088 */
export function routeTopK(
  logits: Tensor,
  { topK, renormalize = true }: { topK: number; renormalize?: boolean },
): Routing {
  return route(logits, { topK, renormalize });
}
